import type { Rng } from '@featurescope/sae';
import type { Example, FeatureEvidence } from '../types.ts';
import { type Candidate, ExampleTable } from './example-table.ts';
import type { PairArena } from './pair-arena.ts';

/** Peaks kept for the borders: exact up to so many firing contexts, then a uniform sample (a quartile's rank is off by 2%, standard error). */
const PEAKS = 512;
/** Whole examples kept: with 64 a band is short of its five in about one feature of ten thousand. */
const MEMBERS = 64;

/** For each latent a uniform random sample of the contexts in which it fires (Vitter's algorithm R): peaks alone for the
 *  borders of the quantile bands, fewer whole examples for their members. One draw serves both. */
export class FiringReservoir {
  readonly #rng: Rng;
  readonly #members: ExampleTable;
  readonly #peaks: Float32Array;
  readonly #seen: Uint32Array;
  readonly #least: Float32Array;
  readonly #greatest: Float32Array;

  constructor(nLatents: number, arena: PairArena, rng: Rng) {
    this.#rng = rng;
    this.#members = new ExampleTable(nLatents, MEMBERS, arena);
    this.#peaks = new Float32Array(nLatents * PEAKS);
    this.#seen = new Uint32Array(nLatents);
    this.#least = new Float32Array(nLatents).fill(Number.POSITIVE_INFINITY);
    this.#greatest = new Float32Array(nLatents).fill(Number.NEGATIVE_INFINITY);
  }

  /** Every context in which the latent fires must be offered, once. */
  offer(latent: number, candidate: Candidate): void {
    const seen = ++this.#seen[latent];
    this.#least[latent] = Math.min(this.#least[latent], candidate.peak);
    this.#greatest[latent] = Math.max(this.#greatest[latent], candidate.peak);
    const draw = seen <= MEMBERS ? seen - 1 : this.#rng.int(seen);
    if (draw < MEMBERS) this.#members.put(latent, draw, candidate);
    if (seen <= PEAKS) this.#peaks[latent * PEAKS + seen - 1] = candidate.peak;
    else if (draw < PEAKS) this.#peaks[latent * PEAKS + draw] = candidate.peak;
  }

  firingContexts(latent: number): number {
    return this.#seen[latent];
  }

  /** Least peak, quartiles by linear interpolation between order statistics (Hyndman–Fan type 7), greatest peak. */
  borders(latent: number): FeatureEvidence['bandBorders'] {
    const held = Math.min(this.#seen[latent], PEAKS);
    if (held === 0) return null;
    const sorted = this.#peaks.slice(latent * PEAKS, latent * PEAKS + held).sort();
    const quantile = (share: number) => {
      const place = share * (held - 1);
      const below = Math.floor(place);
      return sorted[below] + (place - below) * (sorted[Math.min(below + 1, held - 1)] - sorted[below]);
    };
    return [this.#least[latent], quantile(0.25), quantile(0.5), quantile(0.75), this.#greatest[latent]];
  }

  /** Up to `perBand` members of each band and up to `nRandom` others, all drawn at random; bands by falling peak.
   *  A band is borders[i] ≤ peak < borders[i + 1], the last one closed. */
  draw(latent: number, counts: { perBand: number; nRandom: number }): { bands: Example[][]; random: Example[] } {
    const borders = this.borders(latent);
    const bands: Example[][] = [[], [], [], []];
    const random: Example[] = [];
    if (borders === null) return { bands, random };
    const places = Array.from({ length: this.#members.sizes[latent] }, (_, place) => place);
    this.#rng.shuffle(places);
    for (const place of places) {
      const peak = this.#members.peaks[latent * MEMBERS + place];
      const band = bands[peak >= borders[3] ? 3 : peak >= borders[2] ? 2 : peak >= borders[1] ? 1 : 0];
      if (band.length < counts.perBand) band.push(this.#members.example(latent, place));
      else if (random.length < counts.nRandom) random.push(this.#members.example(latent, place));
    }
    for (const band of bands) band.sort((a, b) => b.peakValue - a.peakValue || a.contextIndex - b.contextIndex);
    return { bands, random };
  }

  get sizeBytes(): number {
    return this.#members.sizeBytes + this.#peaks.byteLength + this.#seen.byteLength * 3;
  }
}
