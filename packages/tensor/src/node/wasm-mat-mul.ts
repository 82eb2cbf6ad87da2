import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { MatrixView, OnnxGemm } from './onnx-gemm.ts';
import { heapView, type WasmBackend } from './wasm-heap.ts';

/** Hands every single float32 matrix product of the wasm backend to ONNX Runtime, which works on the wasm heap itself
 *  (no copies); batched products and other types stay with the kernel that was there. */
export function replaceWasmMatMul(gemm: OnnxGemm): void {
  const original = tf.getKernel('BatchMatMul', 'wasm');
  tf.unregisterKernel('BatchMatMul', 'wasm');
  const kernelFunc: KernelFunc = (args) => {
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = args.attrs as unknown as { transposeA: boolean; transposeB: boolean };
    if (!isSingleMatrix(a) || !isSingleMatrix(b) || hasNoValues(a) || hasNoValues(b)) return original.kernelFunc(args);
    const backend = args.backend as WasmBackend;
    const [aShape, bShape] = [matrixShape(a), matrixShape(b)];
    const outShape: [number, number] = [aShape[transposeA ? 1 : 0], bShape[transposeB ? 0 : 1]];
    const out = backend.makeOutput([...a.shape.slice(0, -2), ...outShape], 'float32');
    // After makeOutput: it may grow the heap, and a grown heap is another buffer.
    const view = (tensor: TensorInfo, shape: [number, number]): MatrixView => ({
      data: heapView(backend, tensor),
      shape,
    });
    gemm.multiply(view(a, aShape), view(b, bShape), view(out, outShape), { a: transposeA, b: transposeB });
    return out;
  };
  tf.registerKernel({ kernelName: 'BatchMatMul', backendName: 'wasm', setupFunc: original.setupFunc, kernelFunc });
}

function isSingleMatrix(tensor: TensorInfo): boolean {
  return tensor.dtype === 'float32' && tensor.shape.slice(0, -2).every((size) => size === 1);
}

function hasNoValues(tensor: TensorInfo): boolean {
  return tensor.shape.some((size) => size === 0);
}

function matrixShape(tensor: TensorInfo): [number, number] {
  return [tensor.shape[tensor.shape.length - 2], tensor.shape[tensor.shape.length - 1]];
}
