import type { Example } from '../types.ts';
import { type Candidate, ExampleTable } from './example-table.ts';
import type { PairArena } from './pair-arena.ts';

/** For each latent the candidates with the greatest peaks, at most one a document. Of equal peaks the earlier stays. */
export class TopByDocument {
  readonly #table: ExampleTable;
  /** What a candidate must exceed; -Infinity while a list has room. */
  readonly #floors: Float32Array;

  constructor(nLatents: number, capacity: number, arena: PairArena) {
    this.#table = new ExampleTable(nLatents, capacity, arena);
    this.#floors = new Float32Array(nLatents).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether a peak could enter: lets the caller skip building a candidate. */
  admits(latent: number, peak: number): boolean {
    return peak > this.#floors[latent];
  }

  offer(latent: number, candidate: Candidate): void {
    if (!this.admits(latent, candidate.peak)) return;
    const { capacity, sizes, documents, peaks } = this.#table;
    const first = latent * capacity;
    const size = sizes[latent];
    let least = 0;
    for (let place = 0; place < size; place++) {
      if (documents[first + place] === candidate.documentIndex) {
        if (candidate.peak > peaks[first + place]) this.#put(latent, place, candidate);
        return;
      }
      if (peaks[first + place] < peaks[first + least]) least = place;
    }
    this.#put(latent, size < capacity ? size : least, candidate);
  }

  /** By falling peak; equal peaks by context. */
  examples(latent: number): Example[] {
    const size = this.#table.sizes[latent];
    return Array.from({ length: size }, (_, place) => this.#table.example(latent, place)).sort(
      (a, b) => b.peakValue - a.peakValue || a.contextIndex - b.contextIndex,
    );
  }

  get sizeBytes(): number {
    return this.#table.sizeBytes;
  }

  #put(latent: number, place: number, candidate: Candidate): void {
    this.#table.put(latent, place, candidate);
    const { capacity, sizes, peaks } = this.#table;
    if (sizes[latent] < capacity) return;
    let floor = Number.POSITIVE_INFINITY;
    for (let slot = latent * capacity; slot < (latent + 1) * capacity; slot++) floor = Math.min(floor, peaks[slot]);
    this.#floors[latent] = floor;
  }
}
