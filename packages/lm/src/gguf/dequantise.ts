import { bfloat16ToFloat32, float16ToFloat32 } from '../half-precision.ts';
import { dequantiseQ4_K, dequantiseQ5_K, dequantiseQ6_K } from './dequantise-k.ts';
import { dequantiseQ4_0, dequantiseQ4_1, dequantiseQ5_0, dequantiseQ5_1, dequantiseQ8_0 } from './dequantise-legacy.ts';
import type { TensorType } from './tensor-types.ts';

/** Packed bytes, whole blocks from an even address on, → as many float32 values as they hold. */
export function dequantise(type: TensorType['name'], bytes: Uint8Array, target: Float32Array): void {
  KERNELS[type](bytes, target);
}

const KERNELS: Record<TensorType['name'], (bytes: Uint8Array, target: Float32Array) => void> = {
  F32: (bytes, target) => new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes),
  F16: (bytes, target) => float16ToFloat32(halves(bytes), target),
  BF16: (bytes, target) => bfloat16ToFloat32(halves(bytes), target),
  Q4_0: dequantiseQ4_0,
  Q4_1: dequantiseQ4_1,
  Q5_0: dequantiseQ5_0,
  Q5_1: dequantiseQ5_1,
  Q8_0: dequantiseQ8_0,
  Q4_K: dequantiseQ4_K,
  Q5_K: dequantiseQ5_K,
  Q6_K: dequantiseQ6_K,
};

function halves(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}
