import type { SparseActs } from '@featurescope/sae';

/** How one latent fires in one kind of text. */
export interface KindFiring {
  index: number;
  /** Tokens of the kind on which it fires. */
  nFiring: number;
  /** nFiring / tokens of the kind. */
  density: number;
  /** Share of all its firings that are in this kind. */
  share: number;
  /** density here / density over all text: 1 is indifference. */
  lift: number;
}

export interface KindSummary {
  kind: string;
  nTokens: number;
  /** Mean number of latents that fire on a token. */
  meanL0: number;
  /** Latents that fire on it at all. */
  nFiringLatents: number;
  /** Latents more than half of whose firings are in this kind, of those that fire often enough to be listed. */
  nMostlyHere: number;
  /** Those that prefer the kind most, by falling lift, then by firings. */
  features: KindFiring[];
}

/** Firings of every latent by kind of document. Memory: kinds × latents. */
export class KindFirings {
  readonly #nLatents: number;
  readonly #kinds = new Map<string, { nTokens: number; firings: Float64Array }>();

  constructor(nLatents: number) {
    this.#nLatents = nLatents;
  }

  /** The rows [rowStart, rowEnd) of the activations are tokens of this kind. */
  add(kind: string, acts: SparseActs, [rowStart, rowEnd]: readonly [number, number]): void {
    const own = this.#kinds.get(kind) ?? { nTokens: 0, firings: new Float64Array(this.#nLatents) };
    this.#kinds.set(kind, own);
    own.nTokens += rowEnd - rowStart;
    for (let e = acts.rowOffsets[rowStart]; e < acts.rowOffsets[rowEnd]; e++) own.firings[acts.indices[e]]++;
  }

  /** Firings of each latent over all kinds. */
  totals(): Float64Array {
    const totals = new Float64Array(this.#nLatents);
    for (const { firings } of this.#kinds.values()) for (let i = 0; i < totals.length; i++) totals[i] += firings[i];
    return totals;
  }

  /** Kinds by falling number of tokens. minFirings: a latent with fewer firings in a kind is not listed there, because a lift that
   *  rests on a handful of tokens is chance. */
  summaries({ minFirings = 20, perKind = 50 } = {}): KindSummary[] {
    const totals = this.totals();
    const nTokens = [...this.#kinds.values()].reduce((sum, kind) => sum + kind.nTokens, 0);
    return [...this.#kinds]
      .sort(([nameA, a], [nameB, b]) => b.nTokens - a.nTokens || (nameA < nameB ? -1 : 1))
      .map(([kind, own]) => {
        const listed: KindFiring[] = [];
        own.firings.forEach((nFiring, index) => {
          if (nFiring < minFirings) return;
          const density = nFiring / own.nTokens;
          const lift = (density * nTokens) / totals[index];
          listed.push({ index, nFiring, density, share: nFiring / totals[index], lift });
        });
        return {
          kind,
          nTokens: own.nTokens,
          meanL0: own.nTokens === 0 ? 0 : own.firings.reduce((sum, n) => sum + n, 0) / own.nTokens,
          nFiringLatents: own.firings.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0),
          nMostlyHere: listed.filter(({ share }) => share > 0.5).length,
          features: listed
            .filter(({ lift }) => lift > 1)
            .sort((a, b) => b.lift - a.lift || b.nFiring - a.nFiring || a.index - b.index)
            .slice(0, perKind),
        };
      });
  }
}
