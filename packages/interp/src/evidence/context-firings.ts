import type { IndexedRows } from './indexed-rows.ts';

/** The firings of one context by latent instead of by row: a counting sort into arrays that are reused. */
export class ContextFirings {
  /** Columns of all firings, grouped by latent, positions ascending within a latent. */
  positions = new Uint16Array(1024);
  values = new Float32Array(1024);
  readonly #ends: Int32Array;
  readonly #counts: Int32Array;
  readonly #latents: Int32Array;
  #nLatents = 0;

  constructor(nLatents: number) {
    this.#ends = new Int32Array(nLatents);
    this.#counts = new Int32Array(nLatents);
    this.#latents = new Int32Array(nLatents);
  }

  /** Values become a = f·‖d‖, rounded to float32. Forgets the context before. */
  group(rows: IndexedRows, context: { rowStart: number; rowEnd: number }, decoderNorms: Float32Array): void {
    const { rowOffsets, indices, values } = rows.acts;
    const first = rowOffsets[context.rowStart];
    const last = rowOffsets[context.rowEnd];
    this.#forget();
    this.#reserve(last - first);
    for (let j = first; j < last; j++) {
      if (this.#counts[indices[j]]++ === 0) this.#latents[this.#nLatents++] = indices[j];
    }
    let start = 0;
    for (const latent of this.latents()) {
      this.#ends[latent] = start;
      start += this.#counts[latent];
    }
    for (let row = context.rowStart; row < context.rowEnd; row++) {
      for (let j = rowOffsets[row]; j < rowOffsets[row + 1]; j++) {
        const place = this.#ends[indices[j]]++;
        this.positions[place] = rows.positions[row];
        this.values[place] = values[j] * decoderNorms[indices[j]];
      }
    }
  }

  /** The latents that fired, in order of their first firing. */
  latents(): Int32Array {
    return this.#latents.subarray(0, this.#nLatents);
  }

  fired(latent: number): boolean {
    return this.#counts[latent] > 0;
  }

  start(latent: number): number {
    return this.#ends[latent] - this.#counts[latent];
  }

  end(latent: number): number {
    return this.#ends[latent];
  }

  #forget(): void {
    for (const latent of this.latents()) this.#counts[latent] = 0;
    this.#nLatents = 0;
  }

  #reserve(count: number): void {
    if (this.values.length >= count) return;
    this.positions = new Uint16Array(count * 2);
    this.values = new Float32Array(count * 2);
  }
}
