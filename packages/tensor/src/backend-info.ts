/** Which library runs the tensor arithmetic of this process; shown by the health route and the footer. */
export interface BackendInfo {
  /** native: TensorFlow on the processor. */
  name: 'gpu' | 'native' | 'wasm';
  /** The library and what carries its matrix products, e.g. `TensorFlow (tfjs-node)`. */
  library: string;
  version: string;
  threads: number;
  /** Why this backend runs and not the preferred one; absent when the preferred one runs. */
  reason?: string;
}

/** The requested backend cannot run in this process. */
export class TensorBackendError extends Error {
  override readonly name = 'TensorBackendError';
}

/** A tensor or an array does not have the shape a function asks for; the message holds both. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
