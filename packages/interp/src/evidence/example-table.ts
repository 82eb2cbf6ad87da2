import type { Example } from '../types.ts';
import type { PairArena } from './pair-arena.ts';

/** One context as a candidate for one latent's lists: its pairs are columns of arrays that the caller reuses. */
export interface Candidate {
  contextIndex: number;
  documentIndex: number;
  peakPosition: number;
  peak: number;
  positions: Uint16Array;
  values: Float32Array;
  from: number;
  to: number;
}

/** A fixed number of example slots for each of nLatents latents, as columns of typed arrays. */
export class ExampleTable {
  readonly capacity: number;
  readonly sizes: Uint8Array;
  readonly peaks: Float32Array;
  readonly documents: Int32Array;
  readonly #arena: PairArena;
  readonly #contexts: Int32Array;
  readonly #peakPositions: Uint16Array;
  readonly #heads: Int32Array;
  readonly #counts: Uint16Array;

  /** capacity ≤ 255. */
  constructor(nLatents: number, capacity: number, arena: PairArena) {
    const slots = nLatents * capacity;
    this.capacity = capacity;
    this.#arena = arena;
    this.sizes = new Uint8Array(nLatents);
    this.peaks = new Float32Array(slots);
    this.documents = new Int32Array(slots);
    this.#contexts = new Int32Array(slots);
    this.#peakPositions = new Uint16Array(slots);
    this.#heads = new Int32Array(slots).fill(-1);
    this.#counts = new Uint16Array(slots);
  }

  /** Puts a candidate into slot `place` of a latent, over what is there; place = sizes[latent] appends. */
  put(latent: number, place: number, candidate: Candidate): void {
    const slot = latent * this.capacity + place;
    if (place === this.sizes[latent]) this.sizes[latent]++;
    else this.#arena.free(this.#heads[slot]);
    this.peaks[slot] = candidate.peak;
    this.documents[slot] = candidate.documentIndex;
    this.#contexts[slot] = candidate.contextIndex;
    this.#peakPositions[slot] = candidate.peakPosition;
    this.#heads[slot] = this.#arena.store(candidate.positions, candidate.values, candidate);
    this.#counts[slot] = candidate.to - candidate.from;
  }

  contextIndex(latent: number, place: number): number {
    return this.#contexts[latent * this.capacity + place];
  }

  example(latent: number, place: number): Example {
    const slot = latent * this.capacity + place;
    return {
      contextIndex: this.#contexts[slot],
      peakPosition: this.#peakPositions[slot],
      peakValue: this.peaks[slot],
      ...this.#arena.read(this.#heads[slot], this.#counts[slot]),
    };
  }

  get sizeBytes(): number {
    return this.sizes.length + this.peaks.length * 18;
  }
}
