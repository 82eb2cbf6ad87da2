import { type ActivationsResponse, activationsRequestSchema, idSchema } from '@featurescope/contracts';
import { type Db, readFeatureSummaries } from '@featurescope/db';
import { activationsForText } from '@featurescope/interp';
import { AppError } from '../app-error.ts';
import { promptTokens } from './prompt-tokens.ts';
import type { RunSubject } from './run-subjects.ts';

export const activationsBodySchema = activationsRequestSchema.extend({ runId: idSchema });

/** Features listed for a token. */
const topFeatures = 10;

/** Which features fire on each token of a text; with `featureIndex`, only that one. */
export async function textActivations(
  db: Db,
  { run, model, sae, hookName }: RunSubject,
  { text, featureIndex }: { text: string; featureIndex?: number },
): Promise<ActivationsResponse> {
  if (featureIndex !== undefined) requireFeature(featureIndex, run.nLatents);
  const tokenIds = promptTokens(model, text, { field: 'text', room: 0 });
  const tokens = await activationsForText({ model, sae, hookName }, tokenIds, { top: topFeatures, featureIndex });
  const asked = featureIndex === undefined ? [] : [featureIndex];
  const [summary] = (await readFeatureSummaries(db, run.id, asked)).values();
  return {
    tokens: tokens.map(({ tokenId, special, features }) => ({
      tokenId,
      special,
      text: model.tokenizer.tokenText(tokenId),
      features: features.map(({ featureIndex: index, activation }) => ({ index, activation, label: null })),
    })),
    maxActivation: summary?.maxActivation ?? null,
  };
}

/** Throws AppError not_found for a feature that the dictionary does not have. */
export function requireFeature(featureIndex: number, nLatents: number): void {
  if (featureIndex < nLatents) return;
  const message = `There is no feature ${featureIndex}; the dictionary has 0 to ${nLatents - 1}.`;
  throw new AppError('not_found', message, { field: 'featureIndex' });
}
