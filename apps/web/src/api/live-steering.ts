'use client';

import type { LaneToken, SteeringExperiment, StoredEvent } from '@featurescope/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { steeringQuery } from './queries.ts';
import { useLiveEvents } from './use-live.ts';

/** An experiment with events applied. Tokens come with their position, so an event that comes twice changes nothing. */
export function applySteeringEvents(experiment: SteeringExperiment, events: StoredEvent[]): SteeringExperiment {
  let next = experiment;
  for (const event of events) {
    if (event.seq <= next.lastSeq) continue;
    next = { ...next, lastSeq: event.seq };
    if (event.type === 'prompt') next = { ...next, promptTokens: event.payload.tokens };
    else if (event.type === 'tokens') {
      const { lane, start, tokens } = event.payload;
      next = { ...next, lanes: { ...next.lanes, [lane]: withTokens(next.lanes[lane] ?? [], start, tokens) } };
    } else if (event.type === 'result') next = { ...next, status: 'succeeded', result: event.payload };
    else if (event.type === 'failed') next = { ...next, status: 'failed', failure: event.payload };
  }
  return next;
}

const withTokens = (known: LaneToken[], start: number, tokens: LaneToken[]): LaneToken[] => [
  ...known.slice(0, start),
  ...tokens,
  ...known.slice(start + tokens.length),
];

/** Keeps an experiment current while its lanes are being written. */
export function useLiveSteering(experiment: SteeringExperiment | undefined): void {
  const client = useQueryClient();
  const id = experiment?.status === 'running' ? experiment.id : null;
  const write = useCallback(
    (events: StoredEvent[]) => {
      if (id === null) return;
      client.setQueryData(steeringQuery(id).queryKey, (known) => known && applySteeringEvents(known, events));
      if (events.some((event) => event.type === 'result' || event.type === 'failed')) {
        void client.invalidateQueries({ queryKey: ['steering'] });
      }
    },
    [client, id],
  );
  useLiveEvents('steering', id, experiment ? experiment.lastSeq : null, write);
}
