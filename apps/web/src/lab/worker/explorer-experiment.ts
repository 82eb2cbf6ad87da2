import { DISENTANGLER_STEPS, Disentangler, type DisentanglerConfig, N_CLASSES, N_HIDDEN } from '@featurescope/sae/toy';
import { classTaskOf } from './disentangler-experiment.ts';
import type { Experiment } from './experiment.ts';

export type ExplorerSettings = DisentanglerConfig;

export interface ExplorerSnapshot {
  step: number;
  nSteps: number;
  /** Class of each shown input, in their order: eight of each class. */
  classes: Int32Array;
  /** Latents that fire on some of the fresh points, by the class they stand for and then by strength: the columns. */
  latents: Int32Array;
  /** [inputs, latents]: activations in that order. */
  acts: Float32Array;
  highest: number;
  /** Of each column: the class it stands for, its purity, the share of points on which it fires, and [N_CLASSES] mean activations. */
  bestClass: Int32Array;
  purity: Float32Array;
  firingShare: Float32Array;
  classMeans: Float32Array;
  /** [inputs, N_HIDDEN]: the activations and their reconstruction. */
  inputs: Float32Array;
  reconstruction: Float32Array;
  nHidden: number;
  fvu: number;
  l0: number;
  nSilent: number;
  meanPurity: number;
}

const PER_CLASS = 8;
const GLANCE_POINTS = 512;

export class ExplorerExperiment implements Experiment<ExplorerSnapshot> {
  private readonly disentangler: Disentangler;
  /** Shown points, by class. */
  private readonly shown: number[];

  constructor(settings: ExplorerSettings) {
    const task = classTaskOf(settings.seed);
    this.disentangler = new Disentangler(settings, task);
    this.shown = Array.from({ length: N_CLASSES }, (_, c) => {
      const ofClass = [...task.fresh.labels.subarray(0, GLANCE_POINTS).keys()].filter(
        (p) => task.fresh.labels[p] === c,
      );
      return ofClass.slice(0, PER_CLASS);
    }).flat();
  }

  get isDone(): boolean {
    return this.disentangler.isDone;
  }

  advance(): void {
    this.disentangler.step();
  }

  snapshot(): ExplorerSnapshot {
    const { task, trainer, isDone, config } = this.disentangler;
    const nPoints = isDone ? task.fresh.labels.length : GLANCE_POINTS;
    const { report, readout } = this.disentangler.read(nPoints);
    const { bestClass, classMeans, purity, firingShare } = report.latents;
    const strength = (i: number) => classMeans[i * N_CLASSES + bestClass[i]];
    const latents = Int32Array.from([...firingShare.keys()].filter((i) => firingShare[i] > 0)).sort(
      (a, b) => bestClass[a] - bestClass[b] || strength(b) - strength(a),
    );
    const pick = (values: Float32Array) => Float32Array.from(latents, (i) => values[i]);
    const acts = new Float32Array(this.shown.length * latents.length);
    this.shown.forEach((point, r) => {
      latents.forEach((latent, c) => {
        acts[r * latents.length + c] = readout.acts[point * config.nLatents + latent];
      });
    });
    const rowsOf = (values: Float32Array) =>
      Float32Array.from({ length: this.shown.length * N_HIDDEN }, (_, at) => {
        return values[this.shown[Math.floor(at / N_HIDDEN)] * N_HIDDEN + (at % N_HIDDEN)];
      });
    return {
      step: trainer.stepsDone,
      nSteps: DISENTANGLER_STEPS,
      classes: Int32Array.from(this.shown, (point) => task.fresh.labels[point]),
      latents,
      acts,
      highest: acts.reduce((most, value) => Math.max(most, value), 0),
      bestClass: Int32Array.from(latents, (i) => bestClass[i]),
      purity: pick(purity),
      firingShare: pick(firingShare),
      classMeans: Float32Array.from({ length: latents.length * N_CLASSES }, (_, at) => {
        return classMeans[latents[Math.floor(at / N_CLASSES)] * N_CLASSES + (at % N_CLASSES)];
      }),
      inputs: rowsOf(task.fresh.rows),
      reconstruction: rowsOf(readout.reconstruction),
      nHidden: N_HIDDEN,
      fvu: report.fvu,
      l0: report.l0,
      nSilent: config.nLatents - latents.length,
      meanPurity: report.meanPurity,
    };
  }

  dispose(): void {
    this.disentangler.dispose();
  }
}
