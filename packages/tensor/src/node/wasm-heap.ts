import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** The part of tfjs-backend-wasm that says where a tensor lies on its heap. */
export interface WasmBackend {
  dataIdMap: { get(dataId: object): { memoryOffset: number | null } };
  wasm: { HEAPU8: Uint8Array };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  refCount(dataId: object): number;
  incRef(dataId: object): void;
}

export const wasmBackend = () => tf.backend() as unknown as WasmBackend;

/** A float32 tensor's values where they are, without the copy that `dataSync` makes. Good until the next tensor is made: the heap
 *  may grow then, and a grown heap is another buffer. */
export function heapView(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const { memoryOffset } = backend.dataIdMap.get(tensor.dataId);
  if (memoryOffset === null) throw new Error('A tensor is not on the wasm heap');
  return new Float32Array(backend.wasm.HEAPU8.buffer, memoryOffset, tf.util.sizeFromShape(tensor.shape));
}

/** Another tensor with the same memory, which `tf.clone` copies on this backend. */
export function shareTensor(backend: WasmBackend, tensor: Tensor): Tensor {
  backend.incRef(tensor.dataId);
  return tf.engine().makeTensorFromTensorInfo(tensor);
}

/** A tensor of zeros that is filled on the heap, through `heapView`. */
export function heapZeros(backend: WasmBackend, shape: number[]): Tensor {
  const output = tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
  heapView(backend, output).fill(0);
  return output;
}
