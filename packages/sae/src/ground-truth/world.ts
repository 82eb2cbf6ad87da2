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

/** How far the making of a world is. */
export interface MakingProgress {
  /** Steps of the training that stands behind it. */
  done: number;
  total: number;
}

/** Makes a world a step at a time: yields between steps of some milliseconds, where whoever waits can do other things, or give up. */
export type WorldMaking<Made = World> = Generator<MakingProgress, Made, void>;

/** Takes all steps at once. */
export function madeAtOnce<Made>(making: WorldMaking<Made>): Made {
  for (;;) {
    const step = making.next();
    if (step.done) return step.value;
  }
}
