import { SaeConfigError } from './errors.ts';
import type { InferenceArchitecture, InferenceConfig } from './inference-config.ts';
import { checkWeights, type SaeWeights } from './sae-weights.ts';

type OptionalWeight = 'threshold' | 'rMag' | 'bMag';

/** What each architecture has beside W_enc, W_dec, b_enc and b_dec. */
const ownWeights: Record<InferenceArchitecture, OptionalWeight[]> = {
  standard: [],
  topk: [],
  abstopk: [],
  jumprelu: ['threshold'],
  gated: ['rMag', 'bMag'],
  matching_pursuit: [],
  nmf: [],
};

/** Throws SaeConfigError where the configuration cannot be computed or weights do not belong to it, ShapeError where sizes differ. */
export function checkInference(config: InferenceConfig, weights: SaeWeights): void {
  const { architecture, dModel, nLatents, k, transcoder, pursuit, applyBDecToInput } = config;
  if (!Object.hasOwn(ownWeights, architecture))
    throw new SaeConfigError(
      `architecture must be one of ${Object.keys(ownWeights).join(', ')}, but is ${architecture}`,
    );
  checkWeights(weights, { dModel, nLatents, dOut: transcoder?.dOut });
  for (const name of ['threshold', 'rMag', 'bMag'] as const) {
    const isNeeded = ownWeights[architecture].includes(name);
    if (isNeeded !== (weights[name] !== undefined))
      throw new SaeConfigError(`${architecture} ${isNeeded ? 'needs' : 'has no'} ${name}`);
  }
  const selects = architecture === 'topk' || architecture === 'abstopk';
  if (selects && !(Number.isInteger(k) && (k as number) >= 1 && (k as number) <= nLatents))
    throw new SaeConfigError(`k must be an integer from 1 to ${nLatents}, but is ${String(k)}`);
  if (architecture === 'matching_pursuit' && !pursuit)
    throw new SaeConfigError('matching_pursuit needs pursuit: when to stop');
  if (architecture === 'nmf') checkNonNegative(config, weights);
  else if (weights.wEncNegative) throw new SaeConfigError(`${architecture} has no wEncNegative`);
  if (weights.wSkip && !transcoder) throw new SaeConfigError('Only a transcoder has a skip connection');
  if (!transcoder) return;
  if (architecture !== 'standard' && architecture !== 'jumprelu')
    throw new SaeConfigError(`A transcoder must be standard or jumprelu, but is ${architecture}`);
  if (applyBDecToInput)
    throw new SaeConfigError('A transcoder cannot subtract b_dec from its input, which is elsewhere');
}

function checkNonNegative({ applyBDecToInput }: InferenceConfig, { wEnc, wEncNegative }: SaeWeights): void {
  if (applyBDecToInput)
    throw new SaeConfigError('nmf cannot subtract b_dec from its input, which must not be negative');
  for (const [name, values] of Object.entries({ wEnc, wEncNegative })) {
    const wrong = values?.find((value) => !(value >= 0));
    if (wrong !== undefined) throw new SaeConfigError(`nmf needs ${name} without values below 0, but it has ${wrong}`);
  }
}
