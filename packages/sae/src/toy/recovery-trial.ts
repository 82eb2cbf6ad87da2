import type { TrainingConfigInput } from '../config.ts';
import { SyntheticData } from '../ground-truth/synthetic-data.ts';
import type { SyntheticSamples } from '../ground-truth/world.ts';
import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';
import { SaeTrainer, type StepMetrics } from '../trainer.ts';
import { type BestMatch, bestMatch } from './best-match.ts';
import { readOut } from './dictionary-readout.ts';
import { fewTruths } from './settings.ts';

/** A world to recover, drawn once for all the dictionaries that are to find it: what a run on the same generator draws. */
export interface RecoveryWorld {
  data: SyntheticData;
  fresh: SyntheticSamples;
}

/** mostActive: truths in a row at most. Throws SaeConfigError. */
export function createRecoveryWorld(mostActive: number, seed: number): RecoveryWorld {
  const spec = fewTruths(mostActive, seed);
  const data = SyntheticData.create({ ...spec, correlation: null, hierarchy: null });
  return { data, fresh: data.samples('evaluation', 0, spec.nSamples) };
}

/** What an architecture needs beside the sizes. */
export type RecoveryArchitecture = Omit<TrainingConfigInput, 'dModel' | 'nLatents' | 'nSteps' | 'batchSize' | 'seed'>;

/** Figures on fresh rows. */
export interface RecoveryReport {
  fvu: number;
  l0: number;
  /** Share of latents that fire on none of the rows. */
  deadShare: number;
  /** E ‖x̂‖/‖x‖: below 1 is shrinkage. */
  l2Ratio: number;
  /** Latents that fire on more than 1% of the rows. */
  match: BestMatch;
  /** Of rows with one active truth: its magnitude, and x̂ along the truth's direction. */
  shrinkage: { truth: Float32Array; recovered: Float32Array };
  /** [nLatents, nDims] */
  directions: Float32Array;
  /** [nLatents] */
  firingShare: Float32Array;
}

/** Share of rows above which a latent counts. */
const COUNTED_SHARE = 0.01;

/** One dictionary's attempt at a world, step by step. */
export class RecoveryTrial {
  readonly trainer: SaeTrainer;
  private readonly world: RecoveryWorld;

  constructor(
    world: RecoveryWorld,
    {
      architecture,
      nLatents,
      nSteps,
      batchSize,
      seed,
    }: {
      architecture: RecoveryArchitecture;
      nLatents: number;
      nSteps: number;
      batchSize: number;
      seed: number;
    },
  ) {
    const sizes = { dModel: world.data.dModel, nLatents, nSteps, batchSize, seed };
    this.world = world;
    this.trainer = SaeTrainer.create({ ...architecture, ...sizes }, trainingRows(world));
  }

  get isDone(): boolean {
    return this.trainer.stepsDone >= this.trainer.config.nSteps;
  }

  /** One step on the next rows; each pass over the training rows has an order of its own. */
  step(): StepMetrics {
    const { config, stepsDone } = this.trainer;
    const metrics = this.trainer.step(this.world.data.trainingBatch(stepsDone, config.batchSize));
    // θ is set on the rows it was trained on once training is over.
    if (this.isDone && hasBatchThreshold(config)) this.trainer.calibrate(trainingRows(this.world));
    return metrics;
  }

  /** On the first nRows fresh rows. */
  report(nRows = this.world.fresh.acts.nRows): RecoveryReport {
    const { data, fresh } = this.world;
    const rows = fresh.rows.subarray(0, nRows * data.dModel);
    const { metrics, reconstruction, firingShare } = readOut(this.trainer, rows);
    const directions = this.trainer.weights().wDec;
    const counts = (latent: number) => firingShare[latent] > COUNTED_SHARE;
    const { fvu, l0, deadShare, l2Ratio } = metrics;
    return {
      fvu,
      l0,
      deadShare,
      l2Ratio,
      match: bestMatch(data.truths, directions, { width: data.dModel, counts }),
      shrinkage: singleTruths(this.world, reconstruction),
      directions,
      firingShare,
    };
  }

  dispose(): void {
    this.trainer.dispose();
  }
}

/** What random unit directions reach in the same world, counting all of them: chance, beside which every figure stands. */
export function randomMatch({ data }: RecoveryWorld, nLatents: number, seed: number): BestMatch {
  const directions = randomDirections(nLatents, data.dModel, Rng.fromSeed(seed, 'random-dictionary'));
  return bestMatch(data.truths, directions, { width: data.dModel, counts: () => true });
}

const trainingRows = ({ data }: RecoveryWorld): Float32Array =>
  data.samples('training', 0, data.spec.nSamples ?? 0).rows;

const hasBatchThreshold = ({ architecture }: { architecture: string }) =>
  architecture === 'batchtopk' || architecture === 'matryoshka';

/** reconstruction: of the first fresh rows. */
function singleTruths({ data, fresh }: RecoveryWorld, reconstruction: Float32Array): RecoveryReport['shrinkage'] {
  const { dModel, truths } = data;
  const { rowOffsets, indices, values } = fresh.acts;
  const truth: number[] = [];
  const recovered: number[] = [];
  for (let r = 0; r < reconstruction.length / dModel; r++) {
    const e = rowOffsets[r];
    if (rowOffsets[r + 1] - e !== 1) continue;
    let along = 0;
    for (let d = 0; d < dModel; d++) along += reconstruction[r * dModel + d] * truths[indices[e] * dModel + d];
    truth.push(values[e]);
    recovered.push(along);
  }
  return { truth: Float32Array.from(truth), recovered: Float32Array.from(recovered) };
}
