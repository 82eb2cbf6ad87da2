import type { Architecture, SyntheticSpec, TrainingConfigInput } from '@featurescope/sae';

/** What a dictionary is called in the table, and how it is trained. */
export interface Recipe {
  name: string;
  config: Omit<TrainingConfigInput, 'seed'>;
  /** Decoder learning rates, as shares of the encoder's, slowest first, and the FVU on the training samples at which the first of
   *  them is kept. Reconstruction alone chooses: nothing about the truths is looked at. */
  slowestDecoder?: { factors: number[]; fvu: number };
  /** Trained by SAELens as well, from the same weights on the same rows. */
  hasPeer: boolean;
}

/** A world with known features, and the dictionaries to be tried on it. */
export interface DataSet {
  name: string;
  /** Seeds of the table. Defaults were tuned on 100–104 (and up to 109) only. */
  seeds: number[];
  /** Active latents a row of the random directions that everything is seen beside. */
  randomK: number;
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
  // L0 near 3 for all that are told it; the penalties of the others are where they come to it on seeds 100 and 101.
  const sparsity: Record<Architecture, Partial<TrainingConfigInput>> = {
    topk: { k: 3 },
    batchtopk: { k: 2.9 },
    matryoshka: { k: 2.9, prefixes: nLatents > 8 ? [8, nLatents] : [nLatents] },
    standard: { l1Coefficient: 2 },
    gated: { l1Coefficient: 0.7 },
    jumprelu: { targetL0: 3 },
  };
  const own = architectures.map((architecture) => ({
    name: architecture,
    config: { ...common, architecture, ...sparsity[architecture] },
    hasPeer: false,
  }));
  // Of 3e-4, 3e-3 and 1e-2 the learning rate that reconstructs best, TopK and ReLU + L1 on seeds 100 and 101.
  const asSaelens = architectures.map((architecture) => ({
    name: `${architecture}, preset saelens`,
    config: {
      ...common,
      architecture,
      ...sparsity[architecture],
      preset: 'saelens' as const,
      learningRate: 3e-3,
      learningRateDecaySteps: FEW_TRUTHS_STEPS / 5,
    },
    hasPeer: true,
  }));
  return {
    name: `8 truths in 4 dimensions, ${nLatents} latents`,
    seeds: Array.from({ length: 10 }, (_, i) => 200 + i),
    randomK: 3,
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
      ...own,
      ...(nLatents === 32 ? asSaelens : []),
      {
        name: `topk${nLatents > 8 ? ' with an inner dictionary of 8' : ''}, from density peaks, the slowest decoder that reconstructs`,
        config: {
          ...common,
          architecture: 'topk',
          k: 3,
          ...(nLatents > 8 ? { prefixes: [8, nLatents] } : {}),
          decoderInit: 'densityPeaks',
          maxGradNorm: 1000,
          bDecInit: 'zeros',
          normalizeActivations: 'none',
          auxKCoefficient: 0,
          learningRateDecaySteps: 1000,
        },
        slowestDecoder: { factors: [0.005, 0.007, 0.01, 0.014, 0.02, 0.028, 0.04, 0.056, 0.08], fvu: 0.048 },
        hasPeer: false,
      },
    ],
  };
}

/** 512 truths in 256 dimensions, each active with p = .02 and magnitude N(1, .25²) floored at 0; 1.5 M samples. */
const MANY_TRUTHS_BATCH = 1024;
const MANY_TRUTHS_STEPS = Math.floor(1_500_000 / MANY_TRUTHS_BATCH);

export function manyTruths(directions: 'random' | 'orthogonalised'): DataSet {
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
    randomK: 10,
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
