import { type ArchitectureField, architectureFields } from './architectures/architecture.ts';
import { architectures } from './architectures/index.ts';
import { requireChoice, requireNumber } from './config-check.ts';
import { SaeConfigError } from './errors.ts';
import type { TrainingConfig, TrainingConfigInput } from './training-config.ts';

export type {
  Architecture,
  Preset,
  SaeConfig,
  SparsityLoss,
  TrainingConfig,
  TrainingConfigInput,
} from './training-config.ts';

/** Fills the preset's defaults and checks every field. Throws SaeConfigError. */
export function resolveTrainingConfig(input: TrainingConfigInput): TrainingConfig {
  if (!Object.hasOwn(architectures, input.architecture))
    throw new SaeConfigError(
      `architecture must be one of ${Object.keys(architectures).join(', ')}, but is ${input.architecture}`,
    );
  const preset = input.preset ?? 'featurescope';
  const batchSize = input.batchSize ?? (preset === 'saelens' ? 4096 : 1024);
  const common = preset === 'saelens' ? saelensDefaults(batchSize) : featurescopeDefaults(input, batchSize);
  const own = architectures[input.architecture].defaults({ ...input, preset });
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const config = {
    ...optimiserDefaults(input),
    ...common,
    decoderInitNorm: (input.decoder ?? common.decoder) === 'constrained' ? 1 : 0.1,
    ...own,
    ...given,
    preset,
    batchSize,
  } as TrainingConfig;
  checkConfig(config);
  return config;
}

function featurescopeDefaults({ nSteps }: TrainingConfigInput, batchSize: number) {
  const nTokens = nSteps * batchSize;
  return {
    learningRateWarmUpSteps: Math.min(1000, Math.floor(nSteps / 20)),
    learningRateDecaySteps: Math.floor(nSteps / 5),
    decoder: 'constrained',
    bDecInit: 'geometricMedian',
    normalizeActivations: 'expectedAverageOnlyIn',
    deadAfterTokens: Math.min(10_000_000, Math.max(batchSize, Math.floor(nTokens / 10))),
  };
}

function saelensDefaults(batchSize: number) {
  return {
    learningRate: 3e-4,
    learningRateWarmUpSteps: 0,
    learningRateDecaySteps: 0,
    decoder: 'free',
    bDecInit: 'zeros',
    normalizeActivations: 'none',
    // "Not fired for more than 1,000 steps".
    deadAfterTokens: 1000 * batchSize + 1,
  };
}

function optimiserDefaults({ dModel }: TrainingConfigInput) {
  return {
    seed: 0,
    applyBDecToInput: true,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    maxGradNorm: 1,
    decoderInit: 'random',
    decoderLearningRateFactor: 1,
    sparsityWarmUpSteps: 0,
    auxKCoefficient: 0,
    lossNormalization: 'none',
    resampleSteps: [],
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
  const positive = ['learningRate', 'epsilon', 'maxGradNorm', 'decoderInitNorm', 'decoderLearningRateFactor'] as const;
  for (const name of positive) requireNumber(config, name, { min: Number.MIN_VALUE });
  for (const name of ['beta1', 'beta2'] as const) requireNumber(config, name, { min: 0, max: 1 - Number.EPSILON });
  requireNumber(config, 'auxKCoefficient', { min: 0 });
  requireNumber(config, 'seed', { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  requireChoice(config, 'preset', ['featurescope', 'saelens']);
  requireChoice(config, 'decoder', ['constrained', 'free']);
  requireChoice(config, 'decoderInit', ['random', 'dataPoints', 'densityPeaks']);
  checkBelongsTogether(config);
  architectures[config.architecture].check(config);
}

/** A field that an architecture does not use would be ignored in silence. */
function checkBelongsTogether(config: TrainingConfig): void {
  const { architecture, auxKCoefficient, lossNormalization, resampleSteps } = config;
  const { fields, hasAuxK, resamples } = architectures[architecture];
  const stray = architectureFields.find(
    (name: ArchitectureField) => config[name] !== undefined && !fields.includes(name),
  );
  if (stray)
    throw new SaeConfigError(
      `${stray} is not used by ${architecture}: leave it out (it is ${String(config[stray])}). Its own fields are ${fields.join(', ')}`,
    );
  if (resampleSteps.length > 0 && !resamples)
    throw new SaeConfigError(`resampleSteps must be empty for ${architecture}, which does not resample`);
  if (hasAuxK) return;
  if (lossNormalization !== 'none')
    throw new SaeConfigError(`lossNormalization must be none for ${architecture}: λ is relative to Σe²`);
  if (auxKCoefficient !== 0)
    throw new SaeConfigError(
      `auxKCoefficient must be 0 for ${architecture}, which has no AuxK, but is ${auxKCoefficient}`,
    );
}
