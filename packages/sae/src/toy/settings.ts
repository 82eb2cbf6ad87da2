/** Values of the Lab's worlds, apart from what computes with them: pages read them without loading a tensor library. */

export { ALIVE_SHARE } from '../ground-truth/class-purity.ts';

/** 8 directions in 4 dimensions, of which 1 … mostActive add up to a row: a generator of synthetic data. */
export const fewTruths = (mostActive: number, seed: number) =>
  ({
    nTruths: 8,
    dModel: 4,
    directions: 'random',
    activity: { kind: 'range', min: 1, max: mostActive },
    magnitude: { kind: 'uniform', min: 0.5, max: 2 },
    nSamples: 5000,
    seed,
  }) as const;

export const N_CLASSES = 8;
export const N_HIDDEN = 16;
/** Its clusters and its classifier. */
export const classTask = {
  kind: 'classes',
  nClasses: N_CLASSES,
  nInputs: 8,
  nHidden: N_HIDDEN,
  deviation: 0.073,
} as const;

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
export const BATCH_SIZE = 256;

/** Steps of each, and the learning rate that goes with architecture, k and start. */
export const disentanglerTraining = ({
  architecture,
  k,
  start,
}: Pick<DisentanglerConfig, 'architecture' | 'k' | 'start'>) => ({
  nSteps: DISENTANGLER_STEPS,
  batchSize: BATCH_SIZE,
  // From data points large steps lose what the start gave: with k 1 a few latents take all points, and the rest fall silent.
  learningRate: start === 'dataPoints' && architecture === 'topk' ? (k === 1 ? 0.00025 : 0.003) : 0.01,
});
