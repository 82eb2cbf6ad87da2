import {
  type CreateSteering,
  createSteeringSchema,
  idSchema,
  type LaneName,
  type SteeringResult,
} from '@featurescope/contracts';
import {
  appendSteeringEvents,
  beginSteering,
  type Db,
  findSteering,
  finishSteering,
  readFeatureSummaries,
} from '@featurescope/db';
import { type SteeringComparison, type SteeringRequest, steer } from '@featurescope/interp';
import { z } from 'zod';
import { AppError, notFound } from '../app-error.ts';
import { requireFeature } from './activations.ts';
import { LaneWriter } from './lane-writer.ts';
import { promptTokens } from './prompt-tokens.ts';
import type { RunSubject } from './run-subjects.ts';

export const steeringBodySchema = z.strictObject({ experimentId: idSchema });

/** What an experiment asks for. Throws AppError not_found. */
export async function readSteeringRequest(db: Db, experimentId: string): Promise<CreateSteering> {
  const row = await findSteering(db, experimentId);
  if (row === null) throw notFound('steering experiment', experimentId);
  return createSteeringSchema.parse(row.request);
}

/** Checks a request against model and dictionary and tells of the prompt's tokens. What fails here, the client that asked is
 *  told at once; what fails later comes as an event. */
export async function prepareExperiment(
  db: Db,
  { run, model }: RunSubject,
  { experimentId, request }: { experimentId: string; request: CreateSteering },
): Promise<SteeringRequest> {
  for (const { featureIndex } of request.interventions) requireFeature(featureIndex, run.nLatents);
  const promptTokenIds = promptTokens(model, request.prompt, { field: 'prompt', room: request.nTokens });
  const summaries = await readFeatureSummaries(
    db,
    run.id,
    request.interventions.map(({ featureIndex }) => featureIndex),
  );
  const features = request.interventions.map(({ featureIndex, mode, strength }) => {
    const max = summaries.get(featureIndex)?.maxActivation;
    if (max === undefined) {
      const message = `Feature ${featureIndex} is not indexed yet: its maximum, the unit of strength, is not known.`;
      throw new AppError('unprocessable', message, { field: 'interventions' });
    }
    return { featureIndex, mode, strength, max };
  });
  await beginSteering(
    db,
    experimentId,
    promptTokenIds.map((tokenId) => ({ tokenId, text: model.tokenizer.tokenText(tokenId) })),
  );
  return {
    ...{ promptTokenIds, features },
    positions: request.positions ?? 'all',
    onlyWhereActive: request.onlyWhereActive ?? false,
    nTokens: request.nTokens,
    temperature: request.temperature,
    seed: request.seed,
    control: request.control ?? true,
  };
}

/** Generates the lanes side by side, telling of tokens as they come, then compares and stores them. */
export async function runExperiment(
  db: Db,
  { model, sae, hookName }: RunSubject,
  { experimentId, request, signal }: { experimentId: string; request: SteeringRequest; signal: AbortSignal },
): Promise<void> {
  const writer = new LaneWriter((events) => appendSteeringEvents(db, experimentId, events));
  let comparison: SteeringComparison | null = null;
  for await (const event of steer({ model, sae, hookName, signal }, request)) {
    if (event.type === 'token') {
      const { lane, tokenId, logProbability } = event;
      await writer.add(lane, { tokenId, logProbability, text: model.tokenizer.tokenText(tokenId) });
    } else if (event.type === 'comparison') comparison = event.comparison;
  }
  await writer.flush();
  if (comparison === null) throw new Error('The lanes ended without a comparison');
  const lane = (name: LaneName) => writer.tokens(name);
  const lanes = {
    baseline: lane('baseline'),
    steered: lane('steered'),
    control: request.control ? lane('control') : null,
  };
  await finishSteering(db, experimentId, { lanes, result: resultOf(comparison) });
}

function resultOf({ steered, activations, perplexity }: SteeringComparison): SteeringResult {
  return {
    firstDivergence: steered.diff.firstDivergence,
    diff: steered.diff.steps.map(({ op, baseline, other }) => ({ op, baseline, steered: other })),
    achieved: activations.map(({ featureIndex, requestedMean, achievedMean, beforeMean }) => ({
      ...{ featureIndex, requestedMean, achievedMean },
      baselineMean: beforeMean,
    })),
    klPerToken: steered.klPerToken,
    // A lane always writes at least one token, so the first two are never null.
    perplexity: {
      baseline: perplexity.baseline ?? 1,
      steered: perplexity.steered ?? 1,
      control: perplexity.control,
    },
  };
}
