import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CsrMatrix } from '../csr-matrix.ts';
import type { TensorKernels } from '../kernels.ts';
import { portableKernels } from '../portable/portable-kernels.ts';
import { checkSampledShapes, sampleProduct } from '../portable/sampled-mat-mul.ts';
import { addProduct, checkInnerDimension } from '../portable/sparse-dense-mat-mul.ts';
import { sumOfSquaredValues } from '../portable/sum-of-squares.ts';
import { largestOfAll } from '../portable/top-entries.ts';
import { checkK, largestOfRows } from '../portable/top-k.ts';
import { WasmAdamParameter } from './wasm-adam-parameter.ts';
import { heapView, heapZeros, type WasmBackend } from './wasm-heap.ts';

/** Multiplications that ONNX Runtime's dense product does in the time of one in a scalar loop (measured at d 256 and 576). */
const DENSE_ADVANTAGE = 96;

/** The portable loops on the wasm heap itself; sparse products that are not very sparse run as dense ones on ONNX Runtime. */
export function wasmKernels(backend: WasmBackend): TensorKernels {
  const view = (tensor: Tensor) => heapView(backend, tensor);
  return {
    blockValues: portableKernels.blockValues,
    topK(matrix, k) {
      const [nRows, nColumns] = matrix.shape;
      checkK(k, nColumns);
      return largestOfRows(view(matrix), k, { nRows, nColumns });
    },
    topEntries: (matrix, n, above) => largestOfAll(view(matrix), n, { nColumns: matrix.shape[1], above }),
    sparseDenseMatMul(sparse, dense) {
      checkInnerDimension(sparse, dense);
      if (isDenseEnough(sparse)) return tf.tidy(() => tf.matMul(toDense(sparse), dense));
      const width = dense.shape[1];
      const product = heapZeros(backend, [sparse.nRows, width]) as Tensor2D;
      addProduct(view(product), sparse, { source: view(dense), width });
      return product;
    },
    sampledMatMul(a, b, pattern) {
      checkSampledShapes(a, b, pattern);
      if (!isDenseEnough(pattern)) return sampleProduct(view(a), view(b), { pattern, width: a.shape[1] });
      const product = tf.matMul(a, b, false, true);
      const values = view(product);
      const samples = new Float32Array(pattern.columns.length);
      forEachEntry(pattern, (e, at) => {
        samples[e] = values[at];
      });
      product.dispose();
      return samples;
    },
    sumOfSquares: (tensor) => sumOfSquaredValues(view(tensor)),
    createAdamParameter: (initial, shape, moments) =>
      new WasmAdamParameter(backend, { value: initial, ...moments }, shape),
  };
}

function isDenseEnough({ nRows, nColumns, columns }: CsrMatrix): boolean {
  return nRows * nColumns < columns.length * DENSE_ADVANTAGE;
}

function toDense(sparse: CsrMatrix): Tensor2D {
  const dense = new Float32Array(sparse.nRows * sparse.nColumns);
  forEachEntry(sparse, (e, at) => {
    dense[at] += sparse.values[e];
  });
  return tf.tensor2d(dense, [sparse.nRows, sparse.nColumns]);
}

/** Calls with each entry and its position in the dense matrix. */
function forEachEntry(
  { nRows, nColumns, rowOffsets, columns }: CsrMatrix,
  call: (e: number, at: number) => void,
): void {
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) call(e, r * nColumns + columns[e]);
  }
}
