import { createRequire } from 'node:module';
import os from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { BackendInfo } from '../backend-info.ts';
import { useKernels } from '../kernels.ts';
import { OnnxGemm } from './onnx-gemm.ts';
import { wasmBackend } from './wasm-heap.ts';
import { wasmKernels } from './wasm-kernels.ts';
import { replaceWasmMatMul } from './wasm-mat-mul.ts';

const require = createRequire(import.meta.url);

/** Starts tfjs-backend-wasm (SIMD, one thread) with its matrix products on ONNX Runtime. */
export async function startWasm(reason: string): Promise<BackendInfo> {
  // Required like tfjs itself under Node, so that both register in one engine.
  require('@tensorflow/tfjs-backend-wasm');
  tf.env().set('IS_NODE', true);
  await tf.setBackend('wasm');
  await tf.ready();
  const threads = os.availableParallelism();
  replaceWasmMatMul(new OnnxGemm(threads));
  useKernels(wasmKernels(wasmBackend()));
  const version = `${tf.version['tfjs-core']}, ONNX Runtime ${require('onnxruntime-node/package.json').version}`;
  return { name: 'wasm', library: 'TensorFlow.js WebAssembly with ONNX Runtime products', version, threads, reason };
}
