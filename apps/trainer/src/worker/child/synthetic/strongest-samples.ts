import type { RecoveredFeature } from '@featurescope/contracts';
import type { SparseActs } from '@featurescope/sae';

/** Samples that are kept of each latent. */
const nKept = 12;

/** Truths that are kept of each sample, the largest: where hundreds are active, no picture shows them all. */
const nKeptTruths = 24;

/** For each latent the samples on which it fires most strongly, with what they are made of. Ties keep the earlier sample. */
export class StrongestSamples {
  private readonly kept: RecoveredFeature['samples'][];

  constructor(nLatents: number) {
    this.kept = Array.from({ length: nLatents }, () => []);
  }

  /** acts: activations in the unit that is shown. truths: of the same samples. */
  add(acts: SparseActs, truths: SparseActs): void {
    for (let r = 0; r < acts.nRows; r++) {
      for (let e = acts.rowOffsets[r]; e < acts.rowOffsets[r + 1]; e++) {
        const kept = this.kept[acts.indices[e]];
        const activation = acts.values[e];
        if (kept.length === nKept && activation <= kept[nKept - 1].activation) continue;
        const before = kept.findIndex((sample) => sample.activation < activation);
        kept.splice(before === -1 ? kept.length : before, 0, { activation, truths: madeOf(truths, r) });
        if (kept.length > nKept) kept.pop();
      }
    }
  }

  of(latent: number): RecoveredFeature['samples'] {
    return this.kept[latent];
  }
}

function madeOf({ rowOffsets, indices, values }: SparseActs, row: number): { index: number; magnitude: number }[] {
  const truths = Array.from(indices.subarray(rowOffsets[row], rowOffsets[row + 1]), (index, e) => ({
    index,
    magnitude: values[rowOffsets[row] + e],
  }));
  return truths.sort((a, b) => b.magnitude - a.magnitude).slice(0, nKeptTruths);
}
