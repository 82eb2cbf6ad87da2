import { singleText } from '@featurescope/lm';
import type {
  ActivationReport,
  ActivationSummary,
  LaneComparison,
  SteeringComparison,
  SteeringLaneName,
  SteeringRequest,
} from '../types.ts';
import type { SteeringLane, SteeringSubject } from './steering-lanes.ts';
import { diffTokens } from './token-diff.ts';

/** What the lanes wrote, and what was done to the residual stream in the steered one. */
export interface LaneOutcome {
  /** Generated tokens by lane, without the prompt. */
  generated: Partial<Record<SteeringLaneName, number[]>>;
  reports: ActivationReport[];
}

/** Compares every lane with the baseline. Three to six forward passes over texts that fit the context. */
export async function compareLanes(
  subject: SteeringSubject,
  request: SteeringRequest,
  { lanes, outcome }: { lanes: SteeringLane[]; outcome: LaneOutcome },
): Promise<SteeringComparison> {
  const comparisons: Partial<Record<SteeringLaneName, LaneComparison>> = {};
  const perplexity: SteeringComparison['perplexity'] = { baseline: null, steered: null, control: null };
  const baseline = outcome.generated.baseline ?? [];
  for (const lane of lanes) {
    const generated = outcome.generated[lane.name] ?? [];
    perplexity[lane.name] = await cleanPerplexity(subject, request.promptTokenIds, generated);
    if (lane.name === 'baseline') continue;
    comparisons[lane.name] = {
      diff: diffTokens(baseline, generated),
      klPerToken: await klPerToken(subject, { prompt: request.promptTokenIds, generated: baseline, lane }),
    };
  }
  return {
    steered: comparisons.steered ?? { diff: diffTokens(baseline, baseline), klPerToken: [] },
    control: comparisons.control ?? null,
    activations: summariseReports(outcome.reports),
    perplexity,
  };
}

/** Means of reports by feature, in order of first appearance. */
function summariseReports(reports: readonly ActivationReport[]): ActivationSummary[] {
  const byFeature = new Map<number, ActivationReport[]>();
  for (const report of reports) {
    const own = byFeature.get(report.featureIndex);
    if (own) own.push(report);
    else byFeature.set(report.featureIndex, [report]);
  }
  return Array.from(byFeature, ([featureIndex, own]) => {
    const mean = (field: 'before' | 'requested' | 'achieved') =>
      own.reduce((sum, report) => sum + report[field], 0) / own.length;
    return {
      featureIndex,
      nPositions: own.length,
      beforeMean: mean('before'),
      requestedMean: mean('requested'),
      achievedMean: mean('achieved'),
    };
  });
}

/** exp of the mean −ln p of the generated tokens under the model without interventions; null with none. */
async function cleanPerplexity(
  { model, signal }: SteeringSubject,
  prompt: number[],
  generated: number[],
): Promise<number | null> {
  if (generated.length === 0) return null;
  const losses = await model.perTokenCrossEntropy(singleText([...prompt, ...generated]), { signal });
  let sum = 0;
  for (let j = 0; j < generated.length; j++) sum += losses[prompt.length - 1 + j];
  return Math.exp(sum / generated.length);
}

/** KL(clean ‖ lane) in nats about each generated token of one text, teacher-forced through both. */
async function klPerToken(
  { model, signal }: SteeringSubject,
  { prompt, generated, lane }: { prompt: number[]; generated: number[]; lane: SteeringLane },
): Promise<number[]> {
  if (generated.length === 0) return [];
  const text = singleText([...prompt, ...generated]);
  const reference = await model.finalResidual(text, { signal });
  const changed = await model.finalResidual(text, { signal, interventions: lane.interventions() });
  const { kl } = await model.scoreNextTokens(changed, text, { reference, signal });
  // KL is never negative; float32 sums of tiny differences can be.
  return generated.map((_, j) => Math.max(0, kl?.[prompt.length - 1 + j] ?? 0));
}
