import { SaeTrainer, type StepMetrics } from '../trainer.ts';
import { type ClassProfile, classProfile } from './class-purity.ts';
import { type ClassTask, createClassTask, N_CLASSES, N_HIDDEN } from './class-task.ts';
import { startFromDataPoints } from './data-point-start.ts';
import { type DictionaryReadout, readOut } from './dictionary-readout.ts';

export interface DisentanglerConfig {
  architecture: 'topk' | 'standard';
  /** topk */
  k: number;
  /** standard */
  l1Coefficient: number;
  start: 'dataPoints' | 'random';
  nLatents: number;
  seed: number;
}

export const defaultDisentangler: DisentanglerConfig = {
  architecture: 'topk',
  k: 1,
  l1Coefficient: 0.1,
  start: 'dataPoints',
  nLatents: 64,
  seed: 0,
};

export const DISENTANGLER_STEPS = 500;
const BATCH_SIZE = 256;

/** A latent counts as alive when it fires on this share of the points. */
export const ALIVE_SHARE = 0.01;

/** How well a dictionary has taken the classes apart. */
export interface DisentanglerReport {
  fvu: number;
  mse: number;
  l0: number;
  /** Latents that fire on at least `ALIVE_SHARE` of the points. */
  nAlive: number;
  /** Lowest purity among those; 0 where there is none. */
  worstPurity: number;
  /** Mean purity of the alive latents, each counting alike; 0 where there is none. */
  meanPurity: number;
  /** Mean purity weighted by activation, over all latents. */
  weightedPurity: number;
  /** Classes that some alive latent stands for. */
  nClassesFound: number;
  latents: ClassProfile;
}

/** A sparse dictionary of a small classifier's 16 hidden neurons, trained step by step. */
export class Disentangler {
  readonly task: ClassTask;
  readonly config: DisentanglerConfig;
  readonly trainer: SaeTrainer;

  /** task: of `createClassTask(config.seed)`; the same one serves many dictionaries. Throws SaeConfigError. */
  constructor(config: DisentanglerConfig, task: ClassTask) {
    this.config = config;
    this.task = task;
    const { architecture, k, l1Coefficient, nLatents, seed, start } = config;
    const isTopK = architecture === 'topk';
    const trainer = SaeTrainer.create(
      {
        architecture,
        dModel: N_HIDDEN,
        nLatents,
        nSteps: DISENTANGLER_STEPS,
        batchSize: BATCH_SIZE,
        seed,
        bDecInit: 'zeros',
        ...(isTopK ? { k } : { l1Coefficient }),
        // From data points large steps lose what the start gave: with k 1 a few latents take all points, and the rest fall silent.
        learningRate: start === 'dataPoints' && isTopK ? (k === 1 ? 0.00025 : 0.003) : 0.01,
      },
      task.rows,
    );
    this.trainer = start === 'dataPoints' ? startFromDataPoints(trainer, task.rows, seed) : trainer;
  }

  get isDone(): boolean {
    return this.trainer.stepsDone >= DISENTANGLER_STEPS;
  }

  /** One step on the next batch of the training points, in their order. */
  step(): StepMetrics {
    const nBatches = Math.floor(this.task.rows.length / N_HIDDEN / BATCH_SIZE);
    const from = (this.trainer.stepsDone % nBatches) * BATCH_SIZE * N_HIDDEN;
    return this.trainer.step(this.task.rows.subarray(from, from + BATCH_SIZE * N_HIDDEN));
  }

  /** On the first nPoints of the fresh points. */
  report(nPoints = this.task.fresh.labels.length): DisentanglerReport {
    return this.read(nPoints).report;
  }

  /** The same with every activation. */
  read(nPoints = this.task.fresh.labels.length): { report: DisentanglerReport; readout: DictionaryReadout } {
    const labels = this.task.fresh.labels.subarray(0, nPoints);
    const readout = readOut(this.trainer, this.task.fresh.rows.subarray(0, nPoints * N_HIDDEN));
    const latents = classProfile(readout.acts, labels, N_CLASSES);
    const alive = [...latents.firingShare.keys()].filter((i) => latents.firingShare[i] >= ALIVE_SHARE);
    const { fvu, mse, l0 } = readout.metrics;
    return {
      readout,
      report: {
        fvu,
        mse,
        l0,
        nAlive: alive.length,
        worstPurity: alive.length > 0 ? Math.min(...alive.map((i) => latents.purity[i])) : 0,
        meanPurity: alive.reduce((sum, i) => sum + latents.purity[i], 0) / Math.max(1, alive.length),
        weightedPurity: latents.weightedPurity,
        nClassesFound: new Set(alive.map((i) => latents.bestClass[i])).size,
        latents,
      },
    };
  }

  dispose(): void {
    this.trainer.dispose();
  }
}

/** The figures of one seed on fresh points: trained, untrained, and what class means alone reach. */
export interface DisentanglerOutcome {
  seed: number;
  trained: DisentanglerReport;
  untrained: DisentanglerReport;
  classMeansFvu: number;
  classifierAccuracy: number;
}

/** Classifier and dictionary from nothing, on the running tensor backend. */
export function runDisentangler(config: Partial<DisentanglerConfig> & { seed: number }): DisentanglerOutcome {
  const task = createClassTask(config.seed);
  const disentangler = new Disentangler({ ...defaultDisentangler, ...config }, task);
  const untrained = disentangler.report();
  while (!disentangler.isDone) disentangler.step();
  const trained = disentangler.report();
  disentangler.dispose();
  return {
    seed: config.seed,
    trained,
    untrained,
    classMeansFvu: task.classMeansFvu,
    classifierAccuracy: task.accuracy,
  };
}
