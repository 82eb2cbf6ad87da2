import { float16Values } from '../half-precision.ts';

/** Blocks of 32 values. bytes: whole blocks; target: 32 values for each. Formulas: ggml's dequantize_row_q*.
 *  Products of a float16 scale and a small integer are exact in float64, so that the one rounding is that to float32:
 *  the same values as arithmetic in float32 gives. */
const BLOCK = 32;

/** value = d · (q − 8), 4 bits; low halves of the 16 bytes first, then the high halves. */
export function dequantiseQ4_0(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 18, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 2 + j];
      target[out + j] = scale * ((pair & 15) - 8);
      target[out + j + 16] = scale * ((pair >> 4) - 8);
    }
  }
}

/** value = d · q + m. */
export function dequantiseQ4_1(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 20, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    const minimum = float16[bytes[at + 2] | (bytes[at + 3] << 8)];
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 4 + j];
      target[out + j] = scale * (pair & 15) + minimum;
      target[out + j + 16] = scale * (pair >> 4) + minimum;
    }
  }
}

/** value = d · (q − 16), the fifth bits of the 32 values in one word. */
export function dequantiseQ5_0(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 22, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    const fifthBits = wordAt(bytes, at + 2);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 6 + j];
      target[out + j] = scale * (((pair & 15) | (((fifthBits >>> j) & 1) << 4)) - 16);
      target[out + j + 16] = scale * (((pair >> 4) | (((fifthBits >>> (j + 16)) & 1) << 4)) - 16);
    }
  }
}

/** value = d · q + m, 5 bits. */
export function dequantiseQ5_1(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 24, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    const minimum = float16[bytes[at + 2] | (bytes[at + 3] << 8)];
    const fifthBits = wordAt(bytes, at + 4);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 8 + j];
      target[out + j] = scale * ((pair & 15) | (((fifthBits >>> j) & 1) << 4)) + minimum;
      target[out + j + 16] = scale * ((pair >> 4) | (((fifthBits >>> (j + 16)) & 1) << 4)) + minimum;
    }
  }
}

/** value = d · q, signed bytes. */
export function dequantiseQ8_0(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 34, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    for (let j = 0; j < BLOCK; j++) target[out + j] = scale * ((bytes[at + 2 + j] << 24) >> 24);
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
