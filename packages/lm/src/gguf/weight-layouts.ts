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
  switch (layout) {
    case 'same':
      return values;
    case 'plus-one':
      return values.map((value) => value - 1);
    case 'transposed':
      return transpose(values, shape);
    case 'interleaved-q':
      return reorderRows(values, shape[0], (row) => interleavedRow(row, shape[0] / heads.nHeads));
    case 'interleaved-k':
      return reorderRows(values, shape[0], (row) => interleavedRow(row, shape[0] / heads.nKvHeads));
    case 'split-qkv':
      return reorderRows(values, shape[0], (row) => splitRow(row, shape[0], heads.nHeads));
  }
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

function reorderRows(values: Float32Array, nRows: number, sourceRow: (row: number) => number): Float32Array {
  const width = values.length / nRows;
  const reordered = new Float32Array(values.length);
  for (let row = 0; row < nRows; row++) {
    const source = sourceRow(row);
    reordered.set(values.subarray(source * width, (source + 1) * width), row * width);
  }
  return reordered;
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
