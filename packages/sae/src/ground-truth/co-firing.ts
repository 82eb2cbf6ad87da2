import { ShapeError } from '@featurescope/tensor';
import type { SparseActs } from '../sparse-acts.ts';

/** How well a latent's firing tells a truth's: true positives over firings, and over the truth's activity; 0 where undefined. */
export interface FiringAgreement {
  precision: number;
  recall: number;
  f1: number;
}

/** Counts over samples of which truths and latents fire together. Memory: 4 bytes a pair. */
export class CoFiring {
  readonly nTruths: number;
  readonly nLatents: number;
  /** [nTruths, nLatents] */
  readonly together: Uint32Array;
  readonly truthFirings: Float64Array;
  readonly latentFirings: Float64Array;
  nSamples = 0;

  constructor(nTruths: number, nLatents: number) {
    this.nTruths = nTruths;
    this.nLatents = nLatents;
    this.together = new Uint32Array(nTruths * nLatents);
    this.truthFirings = new Float64Array(nTruths);
    this.latentFirings = new Float64Array(nLatents);
  }

  /** What made the samples, and what the dictionary saw in them: a latent fires where its activation is not 0 (as in SAELens).
   *  Throws ShapeError when they are not of the same samples. */
  add(truths: SparseActs, latents: SparseActs): void {
    if (truths.nRows !== latents.nRows)
      throw new ShapeError(`Truths are of ${truths.nRows} samples, but activations of ${latents.nRows}`);
    for (let r = 0; r < truths.nRows; r++) {
      for (let t = truths.rowOffsets[r]; t < truths.rowOffsets[r + 1]; t++) {
        const start = truths.indices[t] * this.nLatents;
        this.truthFirings[truths.indices[t]]++;
        for (let l = latents.rowOffsets[r]; l < latents.rowOffsets[r + 1]; l++)
          this.together[start + latents.indices[l]]++;
      }
    }
    for (const latent of latents.indices) this.latentFirings[latent]++;
    this.nSamples += truths.nRows;
  }

  agreement(truth: number, latent: number): FiringAgreement {
    const both = this.together[truth * this.nLatents + latent];
    if (both === 0) return { precision: 0, recall: 0, f1: 0 };
    const precision = both / this.latentFirings[latent];
    const recall = both / this.truthFirings[truth];
    return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
  }

  /** Mean active truths a sample. */
  trueL0(): number {
    return this.truthFirings.reduce((sum, n) => sum + n, 0) / this.nSamples;
  }

  /** Mean active latents a sample. */
  l0(): number {
    return this.latentFirings.reduce((sum, n) => sum + n, 0) / this.nSamples;
  }
}
