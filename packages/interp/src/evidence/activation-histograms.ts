import type { ActivationHistogram } from '../types.ts';

const BINS = 64;

/** For each latent a histogram with equal-width bins from 0 whose width doubles, by merging pairs of bins, whenever a value
 *  passes the last bin: exact counts in one pass, whatever the order, in 64 counters. Source: the doubling trick of
 *  Chaudhuri et al.'s streaming histograms, here with widths that are powers of two so that no count is ever split. */
export class ActivationHistograms {
  readonly #counts: Uint32Array;
  /** The bins cover 0 to this power of two; 0 before the first value. */
  readonly #limits: Float64Array;

  constructor(nLatents: number) {
    this.#counts = new Uint32Array(nLatents * BINS);
    this.#limits = new Float64Array(nLatents);
  }

  /** value > 0, finite. Values below 2^-126 count in the first bin. */
  add(latent: number, value: number): void {
    if (value >= this.#limits[latent]) this.#widen(latent, limitFor(value));
    const bin = Math.floor((value / this.#limits[latent]) * BINS);
    this.#counts[latent * BINS + bin]++;
  }

  /** Bins up to the one that holds `max`, the greatest value added. */
  histogram(latent: number, max: number): ActivationHistogram {
    if (this.#limits[latent] === 0) return { edges: [], counts: [] };
    const edges = histogramEdges(max);
    const first = latent * BINS;
    return { edges, counts: Array.from(this.#counts.subarray(first, first + edges.length - 1)) };
  }

  #widen(latent: number, limit: number): void {
    const first = latent * BINS;
    const before = this.#limits[latent];
    this.#limits[latent] = limit;
    if (before === 0) return;
    for (let covered = before; covered < limit; covered *= 2) {
      for (let bin = 0; bin < BINS; bin++) {
        const merged = 2 * bin < BINS ? this.#counts[first + 2 * bin] + this.#counts[first + 2 * bin + 1] : 0;
        this.#counts[first + bin] = merged;
      }
    }
  }
}

/** The edges of a histogram whose greatest value is max > 0: multiples of a power of two from 0 to the first that is > max. */
export function histogramEdges(max: number): number[] {
  const width = limitFor(max) / BINS;
  const nBins = Math.floor(max / width) + 1;
  return Array.from({ length: nBins + 1 }, (_, edge) => edge * width);
}

/** The least power of two above value: no value ever lies on the last edge, from where a merge would misplace it. */
function limitFor(value: number): number {
  const limit = 2 ** Math.max(-126, Math.floor(Math.log2(value)) + 1);
  // log2 may round up just below a power of two.
  return limit / 2 > value && limit > 2 ** -126 ? limit / 2 : limit;
}
