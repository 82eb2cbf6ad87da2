import {
  SUPERPOSITION_STEPS,
  type SuperpositionConfig,
  SuperpositionModel,
  stepSize,
  superpositionReport,
  superpositionTraining,
} from '@featurescope/sae/toy';
import type { Experiment } from './experiment.ts';
import { History } from './history.ts';

export type SuperpositionSettings = Omit<SuperpositionConfig, 'batchSize' | 'learningRate'>;

export interface SuperpositionSnapshot {
  step: number;
  nSteps: number;
  nFeatures: number;
  nDims: number;
  loss: [number, number][];
  /** [nFeatures, nDims] */
  weights: Float32Array;
  bias: Float32Array;
  gram: Float32Array;
  norms: Float32Array;
  interference: Float32Array;
  dimensionality: Float32Array;
  dimensionsPerFeature: number;
  nRepresented: number;
}

export class SuperpositionExperiment implements Experiment<SuperpositionSnapshot> {
  readonly pace = 800;
  private readonly model: SuperpositionModel;
  private readonly history = new History();
  private smoothed: number | null = null;

  constructor(settings: SuperpositionSettings) {
    this.model = new SuperpositionModel({ ...settings, ...superpositionTraining });
  }

  get isDone(): boolean {
    return this.model.stepsDone >= SUPERPOSITION_STEPS;
  }

  advance(): void {
    const loss = this.model.step(stepSize(this.model.stepsDone, SUPERPOSITION_STEPS));
    this.smoothed = this.smoothed === null ? loss : 0.95 * this.smoothed + 0.05 * loss;
    this.history.add(this.model.stepsDone, this.smoothed);
  }

  snapshot(): SuperpositionSnapshot {
    const { parameters, config, stepsDone } = this.model;
    return {
      step: stepsDone,
      nSteps: SUPERPOSITION_STEPS,
      nFeatures: config.nFeatures,
      nDims: config.nDims,
      loss: this.history.curve(1),
      weights: parameters.weights.slice(),
      bias: parameters.bias.slice(),
      ...superpositionReport(parameters),
    };
  }
}
