/** Values on a row that share a scale. */
export const PACKED_BLOCK = 32;

/** A matrix [rows, columns] of small integers, columns a multiple of 32. In block b of 32 neighbours on a row
 *  value = scales[b] · (code − 2^(bits − 1)) + offsets[b]. */
export interface PackedMatrix {
  bits: 4 | 8;
  /** [rows, columns / 32, 32 · bits / 8]; of two codes in a byte the lower half comes first. */
  codes: Uint8Array;
  /** [rows, columns / 32]. */
  scales: Float32Array;
  /** [rows, columns / 32]; null: all zero. */
  offsets: Float32Array | null;
}

/** Row-major [rows, columns], as numbers or packed. */
export type Matrix = Float32Array | PackedMatrix;

export const isPacked = (matrix: Matrix): matrix is PackedMatrix => !(matrix instanceof Float32Array);

export function matrixBytes(matrix: Matrix): number {
  if (!isPacked(matrix)) return matrix.byteLength;
  return matrix.codes.byteLength + matrix.scales.byteLength + (matrix.offsets?.byteLength ?? 0);
}

/** An empty matrix for so many values. */
export function packedMatrix(
  nValues: number,
  { bits, hasOffsets }: { bits: 4 | 8; hasOffsets: boolean },
): PackedMatrix {
  const nBlocks = nValues / PACKED_BLOCK;
  return {
    bits,
    codes: new Uint8Array((nValues * bits) / 8),
    scales: new Float32Array(nBlocks),
    offsets: hasOffsets ? new Float32Array(nBlocks) : null,
  };
}

/** Rows [begin, end) of a matrix of nRows: views, nothing is copied. */
export function sliceRows(matrix: Matrix, nRows: number, [begin, end]: readonly [number, number]): Matrix {
  return mapArrays(matrix, (values) => {
    const width = values.length / nRows;
    return values.subarray(begin * width, end * width) as typeof values;
  });
}

/** The rows of a matrix in another order: row i of the result is row order[i]. */
export function selectRows(matrix: Matrix, nRows: number, order: ArrayLike<number>): Matrix {
  return mapArrays(matrix, (values) => {
    const width = values.length / nRows;
    const moved = likeThis(values, order.length * width);
    for (let to = 0; to < order.length; to++) {
      moved.set(values.subarray(order[to] * width, (order[to] + 1) * width), to * width);
    }
    return moved;
  });
}

/** Matrices of the same width one under the other; packed where all of them are, and in the same way. */
export function stackRows(parts: readonly Matrix[]): Matrix {
  const packed = parts.filter(isPacked);
  if (packed.length < parts.length || packed.some(({ bits }) => bits !== packed[0].bits)) {
    return concatenate(parts.map(expand));
  }
  const hasOffsets = packed.some(({ offsets }) => offsets !== null);
  return {
    bits: packed[0].bits,
    codes: concatenate(packed.map(({ codes }) => codes)),
    scales: concatenate(packed.map(({ scales }) => scales)),
    offsets: hasOffsets
      ? concatenate(packed.map(({ offsets, scales }) => offsets ?? new Float32Array(scales.length)))
      : null,
  };
}

/** The numbers that a matrix stands for, each rounded to float32 once. */
export function expand(matrix: Matrix): Float32Array {
  if (!isPacked(matrix)) return matrix;
  const { bits, codes, scales, offsets } = matrix;
  const values = new Float32Array(scales.length * PACKED_BLOCK);
  for (let i = 0; i < values.length; i++) {
    const block = Math.floor(i / PACKED_BLOCK);
    const code = bits === 8 ? codes[i] : (codes[i >> 1] >> (4 * (i & 1))) & 15;
    values[i] = scales[block] * (code - (1 << (bits - 1))) + (offsets?.[block] ?? 0);
  }
  return values;
}

function mapArrays(matrix: Matrix, map: <Values extends Float32Array | Uint8Array>(values: Values) => Values): Matrix {
  if (!isPacked(matrix)) return map(matrix);
  const { bits, codes, scales, offsets } = matrix;
  return { bits, codes: map(codes), scales: map(scales), offsets: offsets && map(offsets) };
}

export function concatenate<Values extends Float32Array | Uint8Array>(parts: readonly Values[]): Values {
  const whole = likeThis(
    parts[0],
    parts.reduce((total, { length }) => total + length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function likeThis<Values extends Float32Array | Uint8Array>(values: Values, length: number): Values {
  return (values instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length)) as Values;
}
