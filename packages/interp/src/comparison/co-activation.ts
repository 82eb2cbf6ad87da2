import type { SparseActs } from '@featurescope/sae';

/** Pair counts that are held at a time: 64 MiB. */
const BLOCK_COUNTS = 16 * 1024 * 1024;

export interface CoActivePair {
  first: number;
  second: number;
  /** Tokens on which both fire. */
  nBoth: number;
  /** nBoth / tokens on which at least one fires. */
  jaccard: number;
  /** ln(p_ij / (p_i p_j)) / −ln p_ij: 0 is independence, 1 always together (Bouma 2009). 1 where both fire on every token. */
  npmi: number;
}

export interface CoActivation {
  nTokens: number;
  /** Pairs that fire together on at least `minBoth` tokens. */
  nPairs: number;
  byJaccard: CoActivePair[];
  byNpmi: CoActivePair[];
  /** Latents joined by pairs of Jaccard ≥ blockJaccard, directly or through others; two or more, largest first. */
  blocks: { features: number[]; nPairs: number }[];
}

export interface CoActivationOptions {
  nLatents: number;
  /** Pairs with fewer common tokens are left out: what rests on a handful is chance. Default 10. */
  minBoth?: number;
  /** Pairs kept of each order. Default 1,000. */
  maxPairs?: number;
  /** Default .5. */
  blockJaccard?: number;
  blockCounts?: number;
  onProgress?(latents: number): void | Promise<void>;
}

/** Which latents fire on the same tokens. acts: [nTokens] rows; the values are not read.
 *  Exact over these tokens. Pair counts are made for some latents at a time against all that follow, so that memory does not grow with
 *  nLatents²; the work is Σ L0² over tokens. Ties in an order: lower indices first. */
export async function coActivation(acts: SparseActs, options: CoActivationOptions): Promise<CoActivation> {
  const { nLatents, minBoth = 10, maxPairs = 1000, blockJaccard = 0.5 } = options;
  const firings = countFirings(acts, nLatents);
  const top = { jaccard: new TopPairs(maxPairs, 'jaccard'), npmi: new TopPairs(maxPairs, 'npmi') };
  const blocks = new Blocks(nLatents);
  let nPairs = 0;
  const blockRows = Math.max(1, Math.floor((options.blockCounts ?? BLOCK_COUNTS) / nLatents));
  const counts = new Uint32Array(Math.min(blockRows, nLatents) * nLatents);
  for (let from = 0; from < nLatents; from += blockRows) {
    const to = Math.min(nLatents, from + blockRows);
    countPairs(acts, counts.fill(0), { from, to, nLatents });
    for (let first = from; first < to; first++) {
      for (let second = first + 1; second < nLatents; second++) {
        const nBoth = counts[(first - from) * nLatents + second];
        if (nBoth < minBoth) continue;
        nPairs++;
        const pair = pairOf({ first, second, nBoth }, firings, acts.nRows);
        top.jaccard.offer(pair);
        top.npmi.offer(pair);
        if (pair.jaccard >= blockJaccard) blocks.join(first, second);
      }
    }
    await options.onProgress?.(to);
  }
  return {
    nTokens: acts.nRows,
    nPairs,
    byJaccard: top.jaccard.list(),
    byNpmi: top.npmi.list(),
    blocks: blocks.list(),
  };
}

function countFirings({ indices }: SparseActs, nLatents: number): Uint32Array {
  const firings = new Uint32Array(nLatents);
  for (const latent of indices) firings[latent]++;
  return firings;
}

/** Latents of a row need not be in order. counts: [to − from, nLatents], of pairs first < second with first in [from, to). */
function countPairs(
  { nRows, rowOffsets, indices }: SparseActs,
  counts: Uint32Array,
  { from, to, nLatents }: { from: number; to: number; nLatents: number },
): void {
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      const first = indices[e];
      if (first < from || first >= to) continue;
      const row = (first - from) * nLatents;
      for (let other = rowOffsets[r]; other < rowOffsets[r + 1]; other++)
        if (indices[other] > first) counts[row + indices[other]]++;
    }
  }
}

function pairOf(
  { first, second, nBoth }: { first: number; second: number; nBoth: number },
  firings: Uint32Array,
  nTokens: number,
): CoActivePair {
  const [n, m] = [firings[first], firings[second]];
  const pointwise = Math.log((nBoth * nTokens) / (n * m));
  const npmi = nBoth === nTokens ? 1 : pointwise / -Math.log(nBoth / nTokens);
  return { first, second, nBoth, jaccard: nBoth / (n + m - nBoth), npmi };
}

/** The greatest pairs by one measure, cut back whenever twice as many have come. */
class TopPairs {
  private pairs: CoActivePair[] = [];
  private lowest = Number.NEGATIVE_INFINITY;
  private readonly count: number;
  private readonly measure: 'jaccard' | 'npmi';

  constructor(count: number, measure: 'jaccard' | 'npmi') {
    this.count = count;
    this.measure = measure;
  }

  offer(pair: CoActivePair): void {
    if (pair[this.measure] < this.lowest) return;
    this.pairs.push(pair);
    if (this.pairs.length < 2 * this.count) return;
    this.pairs = this.list();
    this.lowest = this.pairs[this.pairs.length - 1][this.measure];
  }

  list(): CoActivePair[] {
    const { measure } = this;
    return [...this.pairs]
      .sort((a, b) => b[measure] - a[measure] || a.first - b.first || a.second - b.second)
      .slice(0, this.count);
  }
}

/** Connected latents (union-find). */
class Blocks {
  private readonly parent: Int32Array;
  private readonly joined: [number, number][] = [];

  constructor(nLatents: number) {
    this.parent = Int32Array.from({ length: nLatents }, (_, i) => i);
  }

  join(first: number, second: number): void {
    this.joined.push([first, second]);
    this.parent[this.root(first)] = this.root(second);
  }

  list(): CoActivation['blocks'] {
    const blocks = new Map<number, { features: number[]; nPairs: number }>();
    for (let latent = 0; latent < this.parent.length; latent++) {
      const root = this.root(latent);
      const block = blocks.get(root) ?? { features: [], nPairs: 0 };
      blocks.set(root, block);
      block.features.push(latent);
    }
    for (const [first] of this.joined) (blocks.get(this.root(first)) as { nPairs: number }).nPairs++;
    return [...blocks.values()]
      .filter(({ features }) => features.length > 1)
      .sort((a, b) => b.features.length - a.features.length || a.features[0] - b.features[0]);
  }

  private root(latent: number): number {
    let at = latent;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]];
      at = this.parent[at];
    }
    return at;
  }
}
