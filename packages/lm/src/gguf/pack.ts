import { float16Values } from '../half-precision.ts';
import type { PackedMatrix } from '../matrix.ts';
import { subMinimum, subScale } from './dequantise-k.ts';
import type { TensorType } from './tensor-types.ts';

/** How a type that fits is taken over without rounding a code: only its scales and offsets become float32. */
export interface Packing {
  bits: PackedMatrix['bits'];
  hasOffsets: boolean;
  /** Whole blocks of the type → the matrix, from its block firstBlock on. */
  pack(bytes: Uint8Array, target: PackedMatrix, firstBlock: number): void;
}

/** Types not listed here have codes of other widths, or other blocks. */
export const PACKINGS: Partial<Record<TensorType['name'], Packing>> = {
  Q4_0: { bits: 4, hasOffsets: false, pack: packQ4_0 },
  Q4_1: { bits: 4, hasOffsets: true, pack: packQ4_1 },
  Q4_K: { bits: 4, hasOffsets: true, pack: packQ4_K },
  Q8_0: { bits: 8, hasOffsets: false, pack: packQ8_0 },
};

function packQ4_0(bytes: Uint8Array, { codes, scales }: PackedMatrix, firstBlock: number): void {
  const float16 = float16Values();
  for (let at = 0, block = firstBlock; at < bytes.length; at += 18, block++) {
    scales[block] = float16[bytes[at] | (bytes[at + 1] << 8)];
    pairHalves(bytes, at + 2, codes, block * 16);
  }
}

/** d · q + m = d · (q − 8) + (m + 8 d). */
function packQ4_1(bytes: Uint8Array, { codes, scales, offsets }: PackedMatrix, firstBlock: number): void {
  const float16 = float16Values();
  for (let at = 0, block = firstBlock; at < bytes.length; at += 20, block++) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    scales[block] = scale;
    (offsets as Float32Array)[block] = float16[bytes[at + 2] | (bytes[at + 3] << 8)] + 8 * scale;
    pairHalves(bytes, at + 4, codes, block * 16);
  }
}

/** Eight blocks of 32 in one of 256; of 32 bytes the lower halves are one block and the upper halves the next. */
function packQ4_K(bytes: Uint8Array, { codes, scales, offsets }: PackedMatrix, firstBlock: number): void {
  const float16 = float16Values();
  for (let at = 0, block = firstBlock; at < bytes.length; at += 144, block += 8) {
    const scale = float16[bytes[at] | (bytes[at + 1] << 8)];
    const minimumScale = float16[bytes[at + 2] | (bytes[at + 3] << 8)];
    for (let sub = 0; sub < 8; sub++) {
      const multiplier = scale * subScale(bytes, at + 4, sub);
      scales[block + sub] = multiplier;
      (offsets as Float32Array)[block + sub] = 8 * multiplier - minimumScale * subMinimum(bytes, at + 4, sub);
      const [quants, shift] = [at + 16 + (sub >> 1) * 32, (sub & 1) * 4];
      for (let j = 0; j < 16; j++) {
        const [low, high] = [bytes[quants + 2 * j] >> shift, bytes[quants + 2 * j + 1] >> shift];
        codes[(block + sub) * 16 + j] = (low & 15) | ((high & 15) << 4);
      }
    }
  }
}

/** Signed bytes as codes about 128. */
function packQ8_0(bytes: Uint8Array, { codes, scales }: PackedMatrix, firstBlock: number): void {
  const float16 = float16Values();
  for (let at = 0, block = firstBlock; at < bytes.length; at += 34, block++) {
    scales[block] = float16[bytes[at] | (bytes[at + 1] << 8)];
    for (let j = 0; j < 32; j++) codes[block * 32 + j] = bytes[at + 2 + j] ^ 128;
  }
}

/** 16 bytes whose lower halves are codes 0 to 15 and upper halves 16 to 31 → neighbours in one byte. */
function pairHalves(bytes: Uint8Array, from: number, codes: Uint8Array, to: number): void {
  for (let j = 0; j < 8; j++) {
    const [even, odd] = [bytes[from + 2 * j], bytes[from + 2 * j + 1]];
    codes[to + j] = (even & 15) | ((odd & 15) << 4);
    codes[to + 8 + j] = (even >> 4) | (odd & 240);
  }
}
