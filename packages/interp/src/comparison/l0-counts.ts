import type { SparseActs } from '@featurescope/sae';

const MAX_BINS = 50;

export interface L0Histogram {
  nTokens: number;
  mean: number;
  /** Token counts in bins of equal, whole width: bin i holds edges[i] ≤ L0 < edges[i + 1]. */
  edges: number[];
  counts: number[];
  /** Smallest L0 that at least so much of the tokens do not exceed. */
  percentiles: { p5: number; p50: number; p95: number };
  max: number;
}

/** How many latents fire on each token: exact counts for every value. */
export class L0Counts {
  readonly #counts: Float64Array;

  constructor(nLatents: number) {
    this.#counts = new Float64Array(nLatents + 1);
  }

  add({ nRows, rowOffsets }: Pick<SparseActs, 'nRows' | 'rowOffsets'>): void {
    for (let r = 0; r < nRows; r++) this.#counts[rowOffsets[r + 1] - rowOffsets[r]]++;
  }

  /** At most 50 bins. */
  histogram(): L0Histogram {
    const nTokens = this.#counts.reduce((sum, n) => sum + n, 0);
    const max = this.#counts.findLastIndex((n) => n > 0);
    if (max < 0) return { nTokens, mean: 0, edges: [], counts: [], percentiles: { p5: 0, p50: 0, p95: 0 }, max: 0 };
    const min = this.#counts.findIndex((n) => n > 0);
    const width = Math.ceil((max - min + 1) / MAX_BINS);
    const nBins = Math.ceil((max - min + 1) / width);
    const counts = new Array<number>(nBins).fill(0);
    let sum = 0;
    for (let l0 = min; l0 <= max; l0++) {
      counts[Math.floor((l0 - min) / width)] += this.#counts[l0];
      sum += l0 * this.#counts[l0];
    }
    const edges = Array.from({ length: nBins + 1 }, (_, i) => min + i * width);
    const at = (share: number) => this.#percentile(share * nTokens);
    return {
      nTokens,
      mean: sum / nTokens,
      edges,
      counts,
      percentiles: { p5: at(0.05), p50: at(0.5), p95: at(0.95) },
      max,
    };
  }

  #percentile(rank: number): number {
    let passed = 0;
    return this.#counts.findIndex((n) => {
      passed += n;
      return passed >= rank && passed > 0;
    });
  }
}
