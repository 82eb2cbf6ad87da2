import { float16Values } from '../half-precision.ts';

/** Blocks of 256 values with 8 or 16 sub-blocks. bytes: whole blocks; target: 256 values for each.
 *  Formulas: ggml's dequantize_row_q*_K. Exact for the same reason as the blocks of 32. */
const BLOCK = 256;

/** value = (d · scale) · q − (dmin · minimum), 4 bits, sub-blocks of 32. */
export function dequantiseQ4_K(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 144, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    const minimumScale = float16[bytes[at + 2] | (bytes[at + 3] << 8)];
    for (let sub = 0; sub < 8; sub++) {
      const multiplier = scale * subScale(bytes, at + 4, sub);
      const minimum = minimumScale * subMinimum(bytes, at + 4, sub);
      const [quants, shift] = [at + 16 + (sub >> 1) * 32, (sub & 1) * 4];
      for (let j = 0; j < 32; j++) {
        target[out + sub * 32 + j] = multiplier * ((bytes[quants + j] >> shift) & 15) - minimum;
      }
    }
  }
}

/** As Q4_K with a fifth bit: bit `sub` of byte j of 32. */
export function dequantiseQ5_K(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 176, out += BLOCK) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    const minimumScale = float16[bytes[at + 2] | (bytes[at + 3] << 8)];
    for (let sub = 0; sub < 8; sub++) {
      const multiplier = scale * subScale(bytes, at + 4, sub);
      const minimum = minimumScale * subMinimum(bytes, at + 4, sub);
      const [quants, shift] = [at + 48 + (sub >> 1) * 32, (sub & 1) * 4];
      for (let j = 0; j < 32; j++) {
        const quant = ((bytes[quants + j] >> shift) & 15) | (((bytes[at + 16 + j] >> sub) & 1) << 4);
        target[out + sub * 32 + j] = multiplier * quant - minimum;
      }
    }
  }
}

/** value = (d · scale) · (q − 32), 6 bits, sub-blocks of 16 with signed scales. Each half of a block: 64 bytes of low
 *  four bits, 32 bytes of high two bits. */
export function dequantiseQ6_K(bytes: Uint8Array, target: Float32Array): void {
  const float16 = float16Values();
  for (let at = 0, out = 0; at < bytes.length; at += 210, out += BLOCK) {
    const scale = float16[bytes[at + 208] | (bytes[at + 209] << 8)];
    for (let j = 0; j < BLOCK; j++) {
      const [half, quarter, column] = [j >> 7, (j >> 5) & 3, j & 31];
      const low = (bytes[at + half * 64 + (quarter & 1) * 32 + column] >> ((quarter >> 1) * 4)) & 15;
      const high = (bytes[at + 128 + half * 32 + column] >> (quarter * 2)) & 3;
      const multiplier = scale * ((bytes[at + 192 + (j >> 4)] << 24) >> 24);
      target[out + j] = multiplier * ((low | (high << 4)) - 32);
    }
  }
}

/** Eight 6-bit scales and eight 6-bit minima in 12 bytes: four whole bytes of each, whose upper two bits belong to the
 *  last four, then four bytes of both lower halves. */
export function subScale(bytes: Uint8Array, at: number, sub: number): number {
  return sub < 4 ? bytes[at + sub] & 63 : (bytes[at + sub + 4] & 15) | ((bytes[at + sub - 4] >> 6) << 4);
}

export function subMinimum(bytes: Uint8Array, at: number, sub: number): number {
  return sub < 4 ? bytes[at + sub + 4] & 63 : (bytes[at + sub + 4] >> 4) | ((bytes[at + sub] >> 6) << 4);
}
