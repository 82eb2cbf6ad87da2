import type { ActivationReport, SteeringEvent, SteeringLaneName, SteeringRequest } from '../types.ts';
import { compareLanes, type LaneOutcome } from './compare-lanes.ts';
import { generateLane, type SteeringLane, type SteeringSubject, steeringLanes } from './steering-lanes.ts';

/** Runs all lanes side by side, one token of each in turn, then compares them. Every lane draws with the same seed.
 *  Order of events: a lane's activations precede the token they led to; `laneDone` once a lane; `comparison` last.
 *  Errors of the model pass through; aborting the subject's signal throws its reason. */
export async function* steer(subject: SteeringSubject, request: SteeringRequest): AsyncGenerator<SteeringEvent> {
  const lanes = steeringLanes(subject, request);
  const outcome: LaneOutcome = { generated: {}, reports: [] };
  let running = lanes.map((lane) => ({ lane, events: laneEvents(subject, request, { lane, outcome }) }));
  try {
    while (running.length > 0) {
      const finished = new Set<SteeringLaneName>();
      for (const { lane, events } of running) {
        for (;;) {
          const { value, done } = await events.next();
          if (done) finished.add(lane.name);
          else yield value;
          if (done || value.type === 'token') break;
        }
      }
      running = running.filter(({ lane }) => !finished.has(lane.name));
    }
  } finally {
    // A consumer that stops early leaves no generator suspended with its cache.
    for (const { events } of running) await events.return(undefined);
  }
  yield { type: 'comparison', comparison: await compareLanes(subject, request, { lanes, outcome }) };
}

/** The events of one lane; writes its tokens, and the reports of the steered one, into the outcome. */
async function* laneEvents(
  subject: SteeringSubject,
  request: SteeringRequest,
  { lane, outcome }: { lane: SteeringLane; outcome: LaneOutcome },
): AsyncGenerator<SteeringEvent, undefined> {
  const { name } = lane;
  const tokenIds: number[] = [];
  let pending: ActivationReport[] = [];
  const interventions = lane.interventions((reports) => {
    pending.push(...reports);
  });
  for await (const { tokenId, position, logProbability } of generateLane(subject, request, interventions)) {
    if (pending.length > 0) {
      if (name === 'steered') outcome.reports.push(...pending);
      yield { type: 'activations', lane: name, reports: pending };
      pending = [];
    }
    tokenIds.push(tokenId);
    outcome.generated[name] = tokenIds;
    yield { type: 'token', lane: name, index: tokenIds.length - 1, position, tokenId, logProbability };
  }
  yield { type: 'laneDone', lane: name, tokenIds };
  return undefined;
}
