/** Node entry: chooses the tensor backend of this process. */
export type { BackendInfo } from './backend-info.ts';
export { TensorBackendError } from './backend-info.ts';
export type { InitTensorOptions } from './node/init-tensor.ts';
export { initTensor } from './node/init-tensor.ts';
export { measureMatmul } from './node/measure-matmul.ts';
