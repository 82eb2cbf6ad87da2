import type { TrainingConfigInput } from '../config.ts';
import { Rng } from '../rng.ts';
import { SaeTrainer, type StepMetrics } from '../trainer.ts';
import { type BestMatch, bestMatch } from './best-match.ts';
import { readOut } from './dictionary-readout.ts';
import { drawTruthRows, type FewTruths, type TruthRows, truthDirections, unitRows } from './few-truths.ts';

/** A world to recover, drawn once for all the dictionaries that are to find it. */
export interface RecoveryWorld {
  spec: FewTruths;
  /** [nTruths, nDims] */
  truths: Float32Array;
  training: TruthRows;
  fresh: TruthRows;
}

export function createRecoveryWorld(spec: FewTruths, nRows = 5000): RecoveryWorld {
  return {
    spec,
    truths: truthDirections(spec),
    training: drawTruthRows(spec, { nRows, stream: 'training' }),
    fresh: drawTruthRows(spec, { nRows, stream: 'fresh' }),
  };
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
  private readonly order: Int32Array;
  private readonly rng: Rng;
  private position = 0;

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
    const sizes = { dModel: world.spec.nDims, nLatents, nSteps, batchSize, seed };
    this.world = world;
    this.trainer = SaeTrainer.create({ ...architecture, ...sizes }, world.training.rows);
    this.rng = Rng.fromSeed(seed, 'recovery-order');
    this.order = this.rng.shuffle(
      Int32Array.from({ length: world.training.rows.length / world.spec.nDims }, (_, r) => r),
    );
  }

  get isDone(): boolean {
    return this.trainer.stepsDone >= this.trainer.config.nSteps;
  }

  /** One step on the next rows; each pass over the training rows has an order of its own. */
  step(): StepMetrics {
    const { nDims } = this.world.spec;
    const { batchSize } = this.trainer.config;
    const batch = new Float32Array(batchSize * nDims);
    for (let r = 0; r < batchSize; r++) {
      if (this.position === this.order.length) {
        this.rng.shuffle(this.order);
        this.position = 0;
      }
      const row = this.order[this.position++];
      batch.set(this.world.training.rows.subarray(row * nDims, (row + 1) * nDims), r * nDims);
    }
    const metrics = this.trainer.step(batch);
    // θ is set on the rows it was trained on once training is over, as a run does.
    if (this.isDone && hasBatchThreshold(this.trainer.config)) this.trainer.calibrate(this.world.training.rows);
    return metrics;
  }

  /** On the first nRows fresh rows. */
  report(nRows = this.world.fresh.rows.length / this.world.spec.nDims): RecoveryReport {
    const { nDims, nTruths } = this.world.spec;
    const rows = this.world.fresh.rows.subarray(0, nRows * nDims);
    const { metrics, reconstruction, firingShare } = readOut(this.trainer, rows);
    const directions = this.trainer.weights().wDec;
    const counts = (latent: number) => firingShare[latent] > COUNTED_SHARE;
    const { fvu, l0, deadShare, l2Ratio } = metrics;
    const magnitudes = this.world.fresh.magnitudes.subarray(0, nRows * nTruths);
    return {
      fvu,
      l0,
      deadShare,
      l2Ratio,
      match: bestMatch(this.world.truths, directions, { width: nDims, counts }),
      shrinkage: singleTruths(this.world, { magnitudes, reconstruction }),
      directions,
      firingShare,
    };
  }

  dispose(): void {
    this.trainer.dispose();
  }
}

/** What random unit directions reach in the same world, counting all of them: chance, beside which every figure stands. */
export function randomMatch({ truths, spec }: RecoveryWorld, nLatents: number, seed: number): BestMatch {
  const directions = unitRows(nLatents, spec.nDims, Rng.fromSeed(seed, 'random-dictionary'));
  return bestMatch(truths, directions, { width: spec.nDims, counts: () => true });
}

const hasBatchThreshold = ({ architecture }: { architecture: string }) =>
  architecture === 'batchtopk' || architecture === 'matryoshka';

function singleTruths(
  { truths, spec: { nTruths, nDims } }: RecoveryWorld,
  { magnitudes, reconstruction }: { magnitudes: Float32Array; reconstruction: Float32Array },
): RecoveryReport['shrinkage'] {
  const truth: number[] = [];
  const recovered: number[] = [];
  for (let r = 0; r < reconstruction.length / nDims; r++) {
    const active = magnitudes.subarray(r * nTruths, (r + 1) * nTruths);
    const t = active.findIndex((magnitude) => magnitude > 0);
    if (active.some((magnitude, other) => other !== t && magnitude > 0)) continue;
    let along = 0;
    for (let d = 0; d < nDims; d++) along += reconstruction[r * nDims + d] * truths[t * nDims + d];
    truth.push(active[t]);
    recovered.push(along);
  }
  return { truth: Float32Array.from(truth), recovered: Float32Array.from(recovered) };
}
