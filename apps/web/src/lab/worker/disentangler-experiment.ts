import {
  type ClassProfile,
  type ClassTask,
  createClassTask,
  DISENTANGLER_STEPS,
  Disentangler,
  type DisentanglerConfig,
  type DisentanglerReport,
} from '@featurescope/sae/toy';
import type { Experiment } from './experiment.ts';
import { History } from './history.ts';

export type DisentanglerSettings = DisentanglerConfig;

export interface DisentanglerSnapshot {
  step: number;
  nSteps: number;
  /** Fresh points that the figures stand on. */
  nPoints: number;
  report: DisentanglerReport;
  untrained: DisentanglerReport;
  neurons: ClassProfile;
  classMeansFvu: number;
  accuracy: number;
  /** [step, FVU of the batches, smoothed] */
  fvu: [number, number][];
}

/** The classifier of the latest seed: a slider that moves needs a new dictionary, not a new classifier. */
let latest: { seed: number; task: ClassTask } | null = null;

export function classTaskOf(seed: number): ClassTask {
  if (latest?.seed !== seed) latest = { seed, task: createClassTask(seed) };
  return latest.task;
}

const GLANCE_POINTS = 512;

export class DisentanglerExperiment implements Experiment<DisentanglerSnapshot> {
  private readonly disentangler: Disentangler;
  private readonly history = new History(160);
  private smoothed: number | null = null;
  private readonly untrained: DisentanglerReport;

  constructor(settings: DisentanglerSettings) {
    this.disentangler = new Disentangler(settings, classTaskOf(settings.seed));
    this.untrained = this.disentangler.report();
  }

  get isDone(): boolean {
    return this.disentangler.isDone;
  }

  advance(): void {
    const { step, fvu } = this.disentangler.step();
    // Batches come in the same order again and again: smoothed, or their differences would hide the trend.
    this.smoothed = this.smoothed === null ? fvu : 0.9 * this.smoothed + 0.1 * fvu;
    this.history.add(step, this.smoothed);
  }

  snapshot(): DisentanglerSnapshot {
    const { task, trainer, isDone } = this.disentangler;
    const nPoints = isDone ? task.fresh.labels.length : GLANCE_POINTS;
    return {
      step: trainer.stepsDone,
      nSteps: DISENTANGLER_STEPS,
      nPoints,
      report: this.disentangler.report(nPoints),
      untrained: this.untrained,
      neurons: task.neurons,
      classMeansFvu: task.classMeansFvu,
      accuracy: task.accuracy,
      fvu: this.history.curve(1),
    };
  }

  dispose(): void {
    this.disentangler.dispose();
  }
}
