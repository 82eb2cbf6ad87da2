import type { Architecture, SyntheticSpec, TrainingConfigInput } from '@featurescope/sae';

/** What a dictionary is called in the table, and how it is trained. */
export interface Recipe {
  name: string;
  config: Omit<TrainingConfigInput, 'seed'>;
  /** Trained by SAELens as well, from the same weights on the same rows. */
  hasPeer: boolean;
}

/** A world with known features, and the dictionaries to be tried on it. */
export interface DataSet {
  name: string;
  /** Seeds of the table. Defaults were tuned on 100–104 (and up to 109) only. */
  seeds: number[];
  /** Fresh samples that everything is measured on. */
  nTestSamples: number;
  spec(seed: number): SyntheticSpec;
  recipes: Recipe[];
}

const architectures: Architecture[] = ['topk', 'batchtopk', 'matryoshka', 'standard', 'gated', 'jumprelu'];

/** 8 truths in 4 dimensions, 1–3 of them active with magnitudes U(.5, 2); 5,000 samples, gone through again and again. */
const FEW_TRUTHS_SAMPLES = 5000;
const [FEW_TRUTHS_STEPS, FEW_TRUTHS_BATCH] = [3000, 512];

export function fewTruths(nLatents: number): DataSet {
  const common = { dModel: 4, nLatents, nSteps: FEW_TRUTHS_STEPS, batchSize: FEW_TRUTHS_BATCH };
  const sparsity: Record<Architecture, Partial<TrainingConfigInput>> = {
    topk: { k: 3 },
    batchtopk: { k: 2.9 },
    matryoshka: { k: 2.9, prefixes: nLatents > 8 ? [8, nLatents] : [nLatents] },
    standard: { l1Coefficient: 0.5 },
    gated: { l1Coefficient: 0.5 },
    jumprelu: { l0Coefficient: 0.1, targetL0: 3 },
  };
  const plain = architectures.map((architecture) => ({
    name: architecture,
    config: { ...common, architecture, ...sparsity[architecture] },
    hasPeer: false,
  }));
  return {
    name: `8 truths in 4 dimensions, ${nLatents} latents`,
    seeds: Array.from({ length: 10 }, (_, i) => 200 + i),
    nTestSamples: FEW_TRUTHS_SAMPLES,
    spec: (seed) => ({
      nTruths: 8,
      dModel: 4,
      directions: 'random',
      activity: { kind: 'range', min: 1, max: 3 },
      magnitude: { kind: 'uniform', min: 0.5, max: 2 },
      correlation: null,
      hierarchy: null,
      nSamples: FEW_TRUTHS_SAMPLES,
      seed,
    }),
    recipes: [
      ...plain,
      {
        name: `topk${nLatents > 8 ? ' with an inner dictionary of 8' : ''}, from density peaks, slow decoder`,
        config: {
          ...common,
          architecture: 'topk',
          k: 3,
          ...(nLatents > 8 ? { prefixes: [8, nLatents] } : {}),
          decoderInit: 'densityPeaks',
          decoderLearningRateFactor: 0.04,
          maxGradNorm: 1000,
          bDecInit: 'zeros',
          normalizeActivations: 'none',
          auxKCoefficient: 0,
          learningRateDecaySteps: 1000,
        },
        hasPeer: false,
      },
    ],
  };
}

/** 512 truths in 256 dimensions, each active with p = .02 and magnitude N(1, .25²) floored at 0; 1.5 M samples. */
const MANY_TRUTHS_BATCH = 1024;
const MANY_TRUTHS_STEPS = Math.floor(1_500_000 / MANY_TRUTHS_BATCH);

export function manyTruths(directions: SyntheticSpec['directions']): DataSet {
  const common = { dModel: 256, nLatents: 512 };
  const sparsity: Record<Architecture, Partial<TrainingConfigInput>> = {
    topk: { k: 10 },
    batchtopk: { k: 10 },
    matryoshka: { k: 10 },
    standard: { l1Coefficient: 1 },
    gated: { l1Coefficient: 1 },
    jumprelu: { l0Coefficient: 1 },
  };
  const asSaelens = (architecture: Architecture, own: Partial<TrainingConfigInput> = {}) => ({
    name: [`${architecture}, preset saelens`, ...Object.entries(own).map(([field, value]) => `${field} ${value}`)].join(
      ', ',
    ),
    config: {
      ...common,
      architecture,
      ...sparsity[architecture],
      preset: 'saelens' as const,
      batchSize: MANY_TRUTHS_BATCH,
      nSteps: MANY_TRUTHS_STEPS,
      learningRate: 3e-4,
      learningRateDecaySteps: Math.floor(MANY_TRUTHS_STEPS / 5),
      ...own,
    },
    hasPeer: true,
  });
  // The learning rates that SAELens does best with on its own kind of directions.
  const tuned =
    directions === 'orthogonalised'
      ? [
          asSaelens('topk', { learningRate: 3e-3 }),
          asSaelens('gated', { learningRate: 1e-3 }),
          asSaelens('jumprelu', { learningRate: 1e-3, targetL0: 10 }),
        ]
      : [];
  // As many samples, in twice as many steps.
  const own = (['batchtopk', 'topk', 'matryoshka'] as const).map((architecture) => ({
    name: `${architecture}, preset featurescope`,
    config: {
      ...common,
      architecture,
      ...sparsity[architecture],
      batchSize: MANY_TRUTHS_BATCH / 2,
      nSteps: 2 * MANY_TRUTHS_STEPS,
    },
    hasPeer: false,
  }));
  return {
    name: `512 ${directions} truths in 256 dimensions, 512 latents`,
    seeds: [0, 1, 2, 3, 4],
    nTestSamples: 20_000,
    spec: (seed) => ({
      nTruths: 512,
      dModel: 256,
      directions,
      activity: { kind: 'independent', probability: 0.02, decay: 0 },
      magnitude: { kind: 'normal', mean: 1, deviation: 0.25 },
      correlation: null,
      hierarchy: null,
      nSamples: null,
      seed,
    }),
    recipes: [...architectures.map((architecture) => asSaelens(architecture)), ...tuned, ...own],
  };
}
