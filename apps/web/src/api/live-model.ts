'use client';

import type { Model, StoredEvent } from '@featurescope/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { modelsQuery } from './queries.ts';
import { useLiveEvents } from './use-live.ts';

/** A model with events applied. Applying an event twice changes nothing. */
export function applyModelEvents(model: Model, events: StoredEvent[]): Model {
  let next = model;
  for (const event of events) {
    if (event.seq <= next.lastSeq) continue;
    next = { ...next, lastSeq: event.seq };
    if (event.type === 'transfer') next = { ...next, progress: event.payload };
    else if (event.type === 'model') next = { ...next, ...event.payload };
  }
  return next;
}

/** Keeps a model current while it is being added. */
export function useLiveModel(model: Model): void {
  const client = useQueryClient();
  const { id } = model;
  const write = useCallback(
    (events: StoredEvent[]) => {
      client.setQueryData(modelsQuery.queryKey, (models) =>
        models?.map((known) => (known.id === id ? applyModelEvents(known, events) : known)),
      );
      // Hashes and counts are no events of their own.
      if (events.some((event) => event.type === 'model')) void client.invalidateQueries({ queryKey: ['models'] });
    },
    [client, id],
  );
  useLiveEvents('model', model.status === 'adding' ? id : null, model.lastSeq, write);
}
