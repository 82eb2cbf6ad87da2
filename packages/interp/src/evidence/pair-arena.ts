const BLOCK_PAIRS = 8;
const NONE = -1;

/** Lists of (position, value) pairs of any length in a few growing typed arrays: millions of small lists without an object
 *  each. A list is a chain of blocks; freed blocks are used again, so memory follows what is held, not what has passed. */
export class PairArena {
  #positions = new Uint16Array(0);
  #values = new Float32Array(0);
  #next = new Int32Array(0);
  #freeBlock = NONE;
  #usedBlocks = 0;

  /** Copies pairs [from, to) of the given columns. Returns a handle for `read` and `free`; -1 for an empty range. */
  store(positions: Uint16Array, values: Float32Array, range: { from: number; to: number }): number {
    let head = NONE;
    let previous = NONE;
    for (let start = range.from; start < range.to; start += BLOCK_PAIRS) {
      const block = this.#take();
      const end = Math.min(start + BLOCK_PAIRS, range.to);
      for (let j = start; j < end; j++) {
        this.#positions[block * BLOCK_PAIRS + j - start] = positions[j];
        this.#values[block * BLOCK_PAIRS + j - start] = values[j];
      }
      if (previous === NONE) head = block;
      else this.#next[previous] = block;
      previous = block;
    }
    return head;
  }

  read(head: number, count: number): { positions: number[]; values: number[] } {
    const positions: number[] = [];
    const values: number[] = [];
    for (let block = head; block !== NONE; block = this.#next[block]) {
      const pairs = Math.min(BLOCK_PAIRS, count - positions.length);
      for (let j = 0; j < pairs; j++) {
        positions.push(this.#positions[block * BLOCK_PAIRS + j]);
        values.push(this.#values[block * BLOCK_PAIRS + j]);
      }
    }
    return { positions, values };
  }

  free(head: number): void {
    let block = head;
    while (block !== NONE) {
      const next = this.#next[block];
      this.#next[block] = this.#freeBlock;
      this.#freeBlock = block;
      block = next;
    }
  }

  get sizeBytes(): number {
    return this.#positions.byteLength + this.#values.byteLength + this.#next.byteLength;
  }

  #take(): number {
    let block = this.#freeBlock;
    if (block !== NONE) this.#freeBlock = this.#next[block];
    else {
      if (this.#usedBlocks === this.#next.length) this.#grow();
      block = this.#usedBlocks++;
    }
    this.#next[block] = NONE;
    return block;
  }

  /** By half, so that a large arena does not double at once. */
  #grow(): void {
    const blocks = Math.ceil(this.#next.length * 1.5) + 1024;
    const positions = new Uint16Array(blocks * BLOCK_PAIRS);
    const values = new Float32Array(blocks * BLOCK_PAIRS);
    const next = new Int32Array(blocks);
    positions.set(this.#positions);
    values.set(this.#values);
    next.set(this.#next);
    this.#positions = positions;
    this.#values = values;
    this.#next = next;
  }
}
