import type { GeneratedToken, Intervention, LanguageModel } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';
import { InvalidRequestError } from '../errors.ts';
import { gatherRows } from '../evidence/decoder-neighbours.ts';
import { unitRows } from '../evidence/unit-rows.ts';
import type { ActivationReport, SteeringLaneName, SteeringRequest } from '../types.ts';
import { controlDirections } from './control-directions.ts';
import { FeatureIntervention } from './feature-intervention.ts';

export interface SteeringSubject {
  model: LanguageModel;
  sae: SparseAutoencoder;
  /** A residual-stream hook, where the dictionary was trained. */
  hookName: string;
  signal?: AbortSignal;
}

/** One way of running the model: what it does to the residual stream, and what it did. */
export interface SteeringLane {
  name: SteeringLaneName;
  /** Empty in the baseline. */
  interventions(onReports?: (reports: ActivationReport[]) => void): Intervention[];
}

/** The lanes of a request: baseline, steered and, unless it is declined, control.
 *  Throws InvalidRequestError naming the feature, or the empty prompt. */
export function steeringLanes(subject: SteeringSubject, request: SteeringRequest): SteeringLane[] {
  checkRequest(subject, request);
  const { sae, hookName, model } = subject;
  const dModel = model.config.dModel;
  const indices = Int32Array.from(request.features, (feature) => feature.featureIndex);
  const directions = unitRows(gatherRows(sae.weights.wDec, dModel, indices), dModel);
  const selects = positionSelector(request, specialTokenIds(model));
  const lane = (name: SteeringLaneName, writtenDirections?: Float32Array): SteeringLane => ({
    name,
    interventions: (onReports) => [
      new FeatureIntervention({
        ...{ sae, hookName, directions, writtenDirections, selects, onReports },
        features: request.features,
        onlyWhereActive: request.onlyWhereActive ?? false,
      }),
    ],
  });
  const lanes: SteeringLane[] = [{ name: 'baseline', interventions: () => [] }, lane('steered')];
  if (request.control ?? true) lanes.push(lane('control', controlDirections(indices.length, dModel, request.seed)));
  return lanes;
}

/** The tokens of one lane as they are drawn. */
export function generateLane(
  subject: SteeringSubject,
  request: SteeringRequest,
  interventions: Intervention[],
): AsyncGenerator<GeneratedToken> {
  const { nTokens, temperature, topK, topP, seed } = request;
  return subject.model.generate({
    ...{ nTokens, temperature, topK, topP, seed, interventions, signal: subject.signal },
    tokenIds: request.promptTokenIds,
  });
}

/** Positions to change: never a special token of the prompt; a generated special token ends the text and is not run again. */
function positionSelector(
  request: Pick<SteeringRequest, 'positions' | 'promptTokenIds'>,
  special: ReadonlySet<number>,
): (position: number) => boolean {
  const { positions, promptTokenIds } = request;
  return (position) =>
    position < promptTokenIds.length
      ? positions !== 'generated' && !special.has(promptTokenIds[position])
      : positions !== 'prompt';
}

function checkRequest({ sae }: SteeringSubject, request: SteeringRequest): void {
  if (request.promptTokenIds.length === 0) throw new InvalidRequestError('The prompt has no tokens');
  if (request.features.length === 0) throw new InvalidRequestError('No feature to steer is named');
  const nLatents = sae.decoderNorms.length;
  for (const { featureIndex, strength, max } of request.features) {
    if (!Number.isInteger(featureIndex) || featureIndex < 0 || featureIndex >= nLatents) {
      throw new InvalidRequestError(`Feature ${featureIndex} does not exist; the dictionary has ${nLatents}`, {
        featureIndex,
      });
    }
    if (!Number.isFinite(strength) || !Number.isFinite(max)) {
      throw new InvalidRequestError(
        `Feature ${featureIndex} has strength ${strength} and maximum ${max}; both must be finite`,
        {
          featureIndex,
        },
      );
    }
  }
}
