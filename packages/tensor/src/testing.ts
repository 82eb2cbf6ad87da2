import type { BackendInfo } from './backend-info.ts';
import { initTensor } from './node/init-tensor.ts';

/** The backend that numerics tests run on: FEATURESCOPE_TENSOR where set, else native TensorFlow where it loads. */
export function startTestBackend(): Promise<BackendInfo> {
  const chosen = process.env.FEATURESCOPE_TENSOR;
  if (chosen && chosen !== 'native' && chosen !== 'wasm') {
    throw new Error(`FEATURESCOPE_TENSOR must be native or wasm, but is ${chosen}`);
  }
  return initTensor({ backend: chosen ? (chosen as 'native' | 'wasm') : undefined });
}
