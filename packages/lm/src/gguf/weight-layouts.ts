import { type PackedMatrix, selectRows } from '../matrix.ts';

/** How llama.cpp's converters change a weight on its way out of a Hugging Face checkpoint; each is undone here. */
export type WeightLayout =
  | 'same'
  /** Rows of q: each head's two rotary halves interleaved. */
  | 'interleaved-q'
  /** The same for k, whose heads are counted apart. */
  | 'interleaved-k'
  /** Gains stored as 1 + gain. */
  | 'plus-one'
  /** [out, in] where the checkpoint has [in, out]. */
  | 'transposed'
  /** All heads' q, then k, then v, where the checkpoint has q, k, v of one head after another. */
  | 'split-qkv';

export interface Heads {
  nHeads: number;
  nKvHeads: number;
}

/** The shape that a tensor of a checkpoint's shape has in the file. */
export function storedShape(layout: WeightLayout, shape: readonly number[]): readonly number[] {
  return layout === 'transposed' ? [...shape].reverse() : shape;
}

/** Values as they are in the file → as they are in the checkpoint, of the given shape (at most two axes). */
export function restoreLayout(
  layout: WeightLayout,
  values: Float32Array,
  { shape, heads }: { shape: readonly number[]; heads: Heads },
): Float32Array {
  if (layout === 'plus-one') return values.map((value) => value - 1);
  if (layout === 'transposed') return transpose(values, shape);
  const order = rowOrder(layout, shape[0], heads);
  return order ? (selectRows(values, shape[0], order) as Float32Array) : values;
}

/** The same for a packed matrix; null where its blocks do not lie on the checkpoint's rows. */
export function restorePackedLayout(
  layout: WeightLayout,
  matrix: PackedMatrix,
  { shape, heads }: { shape: readonly number[]; heads: Heads },
): PackedMatrix | null {
  if (layout === 'plus-one' || layout === 'transposed') return null;
  const order = rowOrder(layout, shape[0], heads);
  return order ? (selectRows(matrix, shape[0], order) as PackedMatrix) : matrix;
}

/** For each row of the checkpoint the row of the file; null where they are the same. */
function rowOrder(
  layout: Exclude<WeightLayout, 'plus-one' | 'transposed'>,
  nRows: number,
  heads: Heads,
): Int32Array | null {
  if (layout === 'same') return null;
  const sourceRow = {
    'interleaved-q': (row: number) => interleavedRow(row, nRows / heads.nHeads),
    'interleaved-k': (row: number) => interleavedRow(row, nRows / heads.nKvHeads),
    'split-qkv': (row: number) => splitRow(row, nRows, heads.nHeads),
  }[layout];
  return Int32Array.from({ length: nRows }, (_, row) => sourceRow(row));
}

/** Where the row (head, half, pair) of a checkpoint lies in the file, which orders rows (head, pair, half). */
function interleavedRow(row: number, headDim: number): number {
  const place = row % headDim;
  const [half, pair] = [Math.floor(place / (headDim / 2)), place % (headDim / 2)];
  return row - place + 2 * pair + half;
}

/** Where the row (head, part, place) lies in the file, which orders rows (part, head, place); parts are q, k, v. */
function splitRow(row: number, nRows: number, nHeads: number): number {
  const headDim = nRows / (3 * nHeads);
  const [head, part, place] = [Math.floor(row / (3 * headDim)), Math.floor(row / headDim) % 3, row % headDim];
  return (part * nHeads + head) * headDim + place;
}

function transpose(values: Float32Array, [nRows, nColumns]: readonly number[]): Float32Array {
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < nRows; row++) {
    for (let column = 0; column < nColumns; column++) {
      transposed[row * nColumns + column] = values[column * nRows + row];
    }
  }
  return transposed;
}
