/** Browser-safe entry: TensorFlow.js and the kernels. Node processes also call `initTensor` of `@featurescope/tensor/node`. */
export * as tf from '@tensorflow/tfjs';
export type { BackendInfo } from './backend-info.ts';
export { ShapeError, TensorBackendError } from './backend-info.ts';
export type { CsrMatrix } from './csr-matrix.ts';
export { csrFromRows, gatherValues, keepLargest, stackRows, transposeCsr } from './csr-matrix.ts';
export type { AdamMoments, AdamParameter, AdamSnapshot, AdamUpdate, TensorKernels } from './kernels.ts';
export { kernels, useKernels } from './kernels.ts';
export { nthLargest } from './nth-largest.ts';
