import { SuperpositionModel, stepSize, superpositionReport, superpositionTraining } from '@featurescope/sae/toy';
import type { Experiment } from './experiment.ts';
import type { GeometrySettings } from './geometry-experiment.ts';

export type SparsitySweepSettings = Omit<GeometrySettings, 'sparsity'>;

export interface SparsitySweepSnapshot {
  nTotal: number;
  points: { sparsity: number; dimensionsPerFeature: number; dimensionality: Float32Array }[];
}

/** Sparsities evenly apart in log(1/(1 − S)), from 0 to .97. */
const sparsities = Array.from({ length: 14 }, (_, i) => 1 - 10 ** ((-1.52 * i) / 13));
const N_STEPS = 1500;

/** One model after another over the range of sparsities. */
export class SparsitySweepExperiment implements Experiment<SparsitySweepSnapshot> {
  private readonly settings: SparsitySweepSettings;
  private readonly points: SparsitySweepSnapshot['points'] = [];
  private model: SuperpositionModel | null = null;

  constructor(settings: SparsitySweepSettings) {
    this.settings = settings;
  }

  get isDone(): boolean {
    return this.points.length === sparsities.length;
  }

  advance(): void {
    const { nFeatures, nDims, magnitudes, seed } = this.settings;
    const sparsity = sparsities[this.points.length];
    this.model ??= new SuperpositionModel({
      nFeatures,
      nDims,
      sparsity,
      seed,
      importanceDecay: 1,
      leastMagnitude: magnitudes === 'onOff' ? 1 : 0,
      output: 'relu',
      ...superpositionTraining,
    });
    this.model.step(stepSize(this.model.stepsDone, N_STEPS));
    if (this.model.stepsDone < N_STEPS) return;
    const { dimensionsPerFeature, dimensionality, norms } = superpositionReport(this.model.parameters);
    // A feature that is not there has no dimensions to speak of.
    const present = dimensionality.filter((_, i) => norms[i] > 0.3);
    this.points.push({ sparsity, dimensionsPerFeature, dimensionality: present });
    this.model = null;
  }

  snapshot(): SparsitySweepSnapshot {
    return { nTotal: sparsities.length, points: this.points.slice() };
  }
}
