import type { Rng } from '../rng.ts';
import type { SparseActs } from '../sparse-acts.ts';

/** Samples with what they are made of. */
export interface SyntheticSamples {
  /** [nRows, dModel] */
  rows: Float32Array;
  /** Which truths are active and with what magnitude, > 0; SparseActs over truths instead of latents. */
  acts: SparseActs;
  /** [nRows]: the class of each sample, in a world of classes; else null. */
  classes: Int32Array | null;
}

/** Directions that are known, and a way to draw samples that they stand behind. */
export interface World {
  dModel: number;
  /** [nTruths, dModel], unit rows. */
  truths: Float32Array;
  /** Classes of the samples; 0 in a world without. */
  nClasses: number;
  draw(rng: Rng, nRows: number): SyntheticSamples;
}
