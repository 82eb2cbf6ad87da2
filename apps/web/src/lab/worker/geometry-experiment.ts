import {
  findPolytopes,
  type Polytope,
  SuperpositionModel,
  stepSize,
  superpositionReport,
  superpositionTraining,
} from '@featurescope/sae/toy';
import type { Experiment } from './experiment.ts';
import { History } from './history.ts';
import { ownCoordinates } from './own-coordinates.ts';

export interface GeometrySettings {
  nFeatures: number;
  nDims: number;
  sparsity: number;
  magnitudes: 'onOff' | 'uniform';
  seed: number;
}

export interface DrawnPolytope extends Polytope {
  /** [features, 3]: the directions in coordinates of the polytope's own; unused coordinates are 0. */
  points: Float32Array;
}

export interface GeometrySnapshot {
  step: number;
  nSteps: number;
  dimensionality: Float32Array;
  norms: Float32Array;
  dimensionsPerFeature: number;
  nRepresented: number;
  polytopes: DrawnPolytope[];
  /** [step, m/‖W‖²_F] */
  curve: [number, number][];
}

const N_STEPS = 3000;

export class GeometryExperiment implements Experiment<GeometrySnapshot> {
  readonly pace = 700;
  private readonly model: SuperpositionModel;
  private readonly history = new History();

  constructor({ nFeatures, nDims, sparsity, magnitudes, seed }: GeometrySettings) {
    this.model = new SuperpositionModel({
      nFeatures,
      nDims,
      sparsity,
      seed,
      importanceDecay: 1,
      leastMagnitude: magnitudes === 'onOff' ? 1 : 0,
      output: 'relu',
      ...superpositionTraining,
    });
  }

  get isDone(): boolean {
    return this.model.stepsDone >= N_STEPS;
  }

  advance(): void {
    this.model.step(stepSize(this.model.stepsDone, N_STEPS));
    const { weights } = this.model.parameters;
    let square = 0;
    for (const value of weights) square += value * value;
    this.history.add(this.model.stepsDone, this.model.config.nDims / square);
  }

  snapshot(): GeometrySnapshot {
    const { parameters, config, stepsDone } = this.model;
    const report = superpositionReport(parameters);
    return {
      step: stepsDone,
      nSteps: N_STEPS,
      dimensionality: report.dimensionality,
      norms: report.norms,
      dimensionsPerFeature: report.dimensionsPerFeature,
      nRepresented: report.nRepresented,
      curve: this.history.curve(1),
      polytopes: findPolytopes(report).map((polytope) => ({
        ...polytope,
        points: ownCoordinates(parameters.weights, polytope.features, config.nDims),
      })),
    };
  }
}
