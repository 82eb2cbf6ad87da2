import { type ClassProfile, type ClassPurity, classProfile, classPurity } from '../ground-truth/class-purity.ts';
import { SaeTrainer, type StepMetrics } from '../trainer.ts';
import { type ClassTask, createClassTask } from './class-task.ts';
import { type DictionaryReadout, readOut } from './dictionary-readout.ts';
import {
  BATCH_SIZE,
  DISENTANGLER_STEPS,
  type DisentanglerConfig,
  defaultDisentangler,
  disentanglerTraining,
  N_CLASSES,
  N_HIDDEN,
} from './settings.ts';

/** How well a dictionary has taken the classes apart. */
export interface DisentanglerReport extends ClassPurity {
  fvu: number;
  mse: number;
  l0: number;
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
    this.trainer = SaeTrainer.create(
      {
        ...disentanglerTraining(config),
        architecture,
        dModel: N_HIDDEN,
        nLatents,
        seed,
        bDecInit: 'zeros',
        decoderInit: start,
        ...(architecture === 'topk' ? { k } : { l1Coefficient }),
      },
      task.rows,
    );
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
    const { fvu, mse, l0 } = readout.metrics;
    return { readout, report: { fvu, mse, l0, ...classPurity(latents), latents } };
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
