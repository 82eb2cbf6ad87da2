import type { Tensor } from 'onnxruntime-node';
import { float32Tensor } from './onnx-session.ts';

/** Buffers grow by so many positions. */
const GROWTH_POSITIONS = 256;

/** Of the keys or the values of some positions: [nRows, positions, headDim]; a row for each text and head. */
interface Positions {
  nRows: number;
  nPositions: number;
  headDim: number;
}

/** Keys and values of the positions already seen, for each block. */
export class KvCache {
  nPositions = 0;
  readonly #buffers = new Map<string, GrowingRows>();

  /** What a block has seen: [batch, nKvHeads, nPositions, headDim]. */
  past(name: string, [batch, nKvHeads, headDim]: readonly [number, number, number]): Tensor {
    const values = this.#buffers.get(name)?.values ?? new Float32Array(0);
    return float32Tensor(values, [batch, nKvHeads, values.length / (batch * nKvHeads * headDim), headDim]);
  }

  /** Adds what a pass has computed for the positions after those. */
  append(name: string, added: Float32Array, positions: Positions): void {
    const rows = this.#buffers.get(name) ?? new GrowingRows();
    this.#buffers.set(name, rows);
    rows.append(added, positions);
  }
}

/** [nRows, positions, headDim] without gaps, in a buffer with room for more. The runtime could hand out the whole of it anew
 *  after each token, but every token's megabytes would keep the garbage collector's threads busy on the cores that compute
 *  the next one: a tenth to a quarter of the time, measured on 30 blocks. */
class GrowingRows {
  #buffer = new Float32Array(0);
  #size = 0;

  get values(): Float32Array {
    return this.#buffer.subarray(0, this.#size);
  }

  append(added: Float32Array, { nRows, nPositions, headDim }: Positions): void {
    const [before, more] = [this.#size / nRows, nPositions * headDim];
    this.#reserve(this.#size + added.length, GROWTH_POSITIONS * nRows * headDim);
    // From the last row on, so that none is written over before it has moved.
    for (let row = nRows - 1; row >= 0; row--) {
      const to = row * (before + more);
      this.#buffer.copyWithin(to, row * before, (row + 1) * before);
      this.#buffer.set(added.subarray(row * more, (row + 1) * more), to + before);
    }
    this.#size += added.length;
  }

  #reserve(size: number, step: number): void {
    if (size <= this.#buffer.length) return;
    const larger = new Float32Array(Math.ceil(size / step) * step);
    larger.set(this.values);
    this.#buffer = larger;
  }
}
