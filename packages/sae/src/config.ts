import { SaeConfigError } from './errors.ts';

export type Architecture = 'standard' | 'topk';
/** `saelens` equals SAELens 6.54.12; `featurescope` is what works best here. */
export type Preset = 'featurescope' | 'saelens';

/** What the dictionary is. */
export interface SaeConfig {
  architecture: Architecture;
  dModel: number;
  nLatents: number;
  /** Active latents a row; topk only. */
  k?: number;
  /** λ of the L1 term, on scaled activations; standard only. */
  l1Coefficient?: number;
  preset: Preset;
  /** Encode x − b_dec instead of x. */
  applyBDecToInput: boolean;
  /** `constrained`: unit decoder rows, projected gradients. `free`: sparsity terms and selections use ‖d_i‖. */
  decoder: 'constrained' | 'free';
}

/** Everything a run is determined by, beside its rows. */
export interface TrainingConfig extends SaeConfig {
  learningRate: number;
  batchSize: number;
  nSteps: number;
  seed: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Global norm that gradients are clipped to. */
  maxGradNorm: number;
  learningRateWarmUpSteps: number;
  learningRateDecaySteps: number;
  /** Steps over which λ rises from 0. */
  sparsityWarmUpSteps: number;
  /** Norm of the decoder rows at the start. */
  decoderInitNorm: number;
  bDecInit: 'zeros' | 'geometricMedian';
  normalizeActivations: 'none' | 'expectedAverageOnlyIn';
  auxKCoefficient: number;
  /** topk's main loss: `variance`: Σe² / Σ‖x − x̄‖² (Gao 2024), AuxK likewise; `none`: Σ over dModel, mean over rows. */
  lossNormalization: 'none' | 'variance';
  /** Rows without firing after which a latent counts as dead. */
  deadAfterTokens: number;
  /** Steps after which dead latents are resampled; standard only. */
  resampleSteps: number[];
  /** Rows over which the loss is measured when resampling. */
  resampleRows: number;
  /** Latents that one resampling revives at most, the longest silent first: each new one fires on many rows until its bias has
   *  learnt, and hundreds at once would bury the reconstruction. */
  maxResampledLatents: number;
}

type Required4 = 'architecture' | 'dModel' | 'nLatents' | 'nSteps';

/** The caller names the dictionary and the number of steps; everything else has a default. */
export type TrainingConfigInput = Pick<TrainingConfig, Required4> & Partial<Omit<TrainingConfig, Required4>>;

/** Fills the preset's defaults and checks every field. Throws SaeConfigError. */
export function resolveTrainingConfig(input: TrainingConfigInput): TrainingConfig {
  const preset = input.preset ?? 'featurescope';
  const batchSize = input.batchSize ?? (preset === 'saelens' ? 4096 : 1024);
  const defaults = preset === 'saelens' ? saelensDefaults(input, batchSize) : featurescopeDefaults(input, batchSize);
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const config: TrainingConfig = { ...defaults, ...given, preset, batchSize } as TrainingConfig;
  checkConfig(config);
  return config;
}

type Defaults = Omit<TrainingConfig, Required4 | 'k' | 'l1Coefficient' | 'preset' | 'batchSize'> &
  Pick<TrainingConfig, 'k' | 'l1Coefficient'>;

function featurescopeDefaults(input: TrainingConfigInput, batchSize: number): Defaults {
  const { architecture, nSteps } = input;
  const nTokens = nSteps * batchSize;
  return {
    ...optimiserDefaults(input),
    learningRate: defaultLearningRate(input),
    learningRateWarmUpSteps: Math.min(1000, Math.floor(nSteps / 20)),
    learningRateDecaySteps: Math.floor(nSteps / 5),
    sparsityWarmUpSteps: architecture === 'standard' ? Math.floor(nSteps / 20) : 0,
    decoder: 'constrained',
    decoderInitNorm: (input.decoder ?? 'constrained') === 'constrained' ? 1 : 0.1,
    bDecInit: 'geometricMedian',
    normalizeActivations: 'expectedAverageOnlyIn',
    auxKCoefficient: 1 / 32,
    lossNormalization: architecture === 'topk' ? 'variance' : 'none',
    deadAfterTokens: Math.min(10_000_000, Math.max(batchSize, Math.floor(nTokens / 10))),
    resampleSteps:
      architecture === 'standard'
        ? [0.2, 0.4, 0.6].map((part) => Math.floor(part * nSteps)).filter((step) => step > 0)
        : [],
  };
}

/** Falls with the square root of the width (Gao 2024, §2.2), from what served best at 2,048 latents over about a million tokens. */
function defaultLearningRate({ architecture, nLatents }: TrainingConfigInput): number {
  const atWidth2048 = architecture === 'topk' ? 3e-3 : 5e-4;
  return atWidth2048 * Math.sqrt(2048 / Math.max(2048, nLatents));
}

function saelensDefaults(input: TrainingConfigInput, batchSize: number): Defaults {
  return {
    ...optimiserDefaults(input),
    learningRate: 3e-4,
    learningRateWarmUpSteps: 0,
    learningRateDecaySteps: 0,
    sparsityWarmUpSteps: 0,
    decoder: 'free',
    decoderInitNorm: 0.1,
    bDecInit: 'zeros',
    normalizeActivations: 'none',
    auxKCoefficient: 1,
    lossNormalization: 'none',
    // "Not fired for more than 1,000 steps".
    deadAfterTokens: 1000 * batchSize + 1,
    resampleSteps: [],
  };
}

function optimiserDefaults({ architecture, dModel }: TrainingConfigInput) {
  return {
    seed: 0,
    k: architecture === 'topk' ? 32 : undefined,
    l1Coefficient: architecture === 'standard' ? 1 : undefined,
    applyBDecToInput: true,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    maxGradNorm: 1,
    resampleRows: 8192,
    maxResampledLatents: Math.max(1, Math.floor(dModel / 2)),
  };
}

function checkConfig(config: TrainingConfig): void {
  const integers = [
    'dModel',
    'nLatents',
    'nSteps',
    'batchSize',
    'deadAfterTokens',
    'resampleRows',
    'maxResampledLatents',
  ] as const;
  for (const name of integers) requireNumber(config, name, { integer: true, min: 1 });
  const counts = ['learningRateWarmUpSteps', 'learningRateDecaySteps', 'sparsityWarmUpSteps'] as const;
  for (const name of counts) requireNumber(config, name, { integer: true, min: 0 });
  for (const name of ['learningRate', 'epsilon', 'maxGradNorm', 'decoderInitNorm'] as const) {
    requireNumber(config, name, { min: Number.MIN_VALUE });
  }
  for (const name of ['beta1', 'beta2'] as const) requireNumber(config, name, { min: 0, max: 1 - Number.EPSILON });
  requireNumber(config, 'auxKCoefficient', { min: 0 });
  requireNumber(config, 'seed', { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (config.architecture === 'topk') {
    requireNumber(config, 'k', { integer: true, min: 1, max: config.nLatents });
    if (config.resampleSteps.length > 0)
      throw new SaeConfigError('resampleSteps must be empty for topk, which revives latents by AuxK');
  } else if (config.architecture === 'standard') {
    requireNumber(config, 'l1Coefficient', { min: 0 });
    if (config.lossNormalization !== 'none')
      throw new SaeConfigError('lossNormalization must be none for standard: λ is relative to Σe²');
  } else {
    throw new SaeConfigError(`architecture must be standard or topk, but is ${config.architecture}`);
  }
}

function requireNumber(
  config: TrainingConfig,
  name: keyof TrainingConfig,
  { integer = false, min, max = Number.POSITIVE_INFINITY }: { integer?: boolean; min: number; max?: number },
): void {
  const value = config[name];
  const isNumber = typeof value === 'number' && Number.isFinite(value) && (!integer || Number.isInteger(value));
  if (isNumber && value >= min && value <= max) return;
  const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new SaeConfigError(`${name} must be ${integer ? 'an integer' : 'a number'} ${range}, but is ${String(value)}`);
}
