import type { ActivationHistogram } from '../types.ts';

const BINS = 64;
const UNSET = -128;

/** For each latent a histogram with equal-width bins from 0 whose width doubles, by merging pairs of bins, whenever a value
 *  passes the last bin: exact counts in one pass, whatever the order, in 64 counters. Source: the doubling trick of
 *  Chaudhuri et al.'s streaming histograms, here with widths that are powers of two so that no count is ever split. */
export class ActivationHistograms {
  readonly #counts: Uint32Array;
  /** Exponent e: the bins cover 0 to 2^e. */
  readonly #exponents: Int8Array;

  constructor(nLatents: number) {
    this.#counts = new Uint32Array(nLatents * BINS);
    this.#exponents = new Int8Array(nLatents).fill(UNSET);
  }

  /** value > 0, finite. Values of 2^127 and more, or below 2^-126, count in the outermost bins. */
  add(latent: number, value: number): void {
    const exponent = this.#exponents[latent];
    if (exponent === UNSET || value > 2 ** exponent) this.#widen(latent, exponentFor(value));
    const bin = Math.min(BINS - 1, Math.floor((value / 2 ** this.#exponents[latent]) * BINS));
    this.#counts[latent * BINS + bin]++;
  }

  /** Bins up to the one that holds `max`, the greatest value added. */
  histogram(latent: number, max: number): ActivationHistogram {
    if (this.#exponents[latent] === UNSET) return { edges: [], counts: [] };
    const edges = histogramEdges(max);
    const first = latent * BINS;
    return { edges, counts: Array.from(this.#counts.subarray(first, first + edges.length - 1)) };
  }

  #widen(latent: number, exponent: number): void {
    const first = latent * BINS;
    for (let e = this.#exponents[latent]; e !== UNSET && e < exponent; e++) {
      for (let bin = 0; bin < BINS; bin++) {
        const merged = 2 * bin < BINS ? this.#counts[first + 2 * bin] + this.#counts[first + 2 * bin + 1] : 0;
        this.#counts[first + bin] = merged;
      }
    }
    this.#exponents[latent] = exponent;
  }
}

/** The edges of a histogram whose greatest value is max > 0: multiples of 2^e / 64 from 0 to the first that is ≥ max. */
export function histogramEdges(max: number): number[] {
  const width = 2 ** exponentFor(max) / BINS;
  const nBins = Math.min(BINS, Math.floor(max / width) + 1);
  return Array.from({ length: nBins + 1 }, (_, edge) => edge * width);
}

/** The least e with value ≤ 2^e. */
function exponentFor(value: number): number {
  let exponent = Math.ceil(Math.log2(value));
  if (2 ** (exponent - 1) >= value) exponent--;
  else if (2 ** exponent < value) exponent++;
  return Math.max(-126, Math.min(127, exponent));
}
