import type { Model, StoredEvent } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { applyModelEvents } from './live-model.ts';

const model = { status: 'adding', error: null, progress: null, lastSeq: 1 } as Model;
const events: StoredEvent[] = [
  { seq: 2, at: '', type: 'transfer', payload: { phase: 'download', doneBytes: 10, totalBytes: 100 } },
  { seq: 3, at: '', type: 'transfer', payload: { phase: 'check', doneBytes: 50, totalBytes: 100 } },
  { seq: 4, at: '', type: 'model', payload: { status: 'failed', error: 'The disk is full.' } },
];

it('follows progress and ends with the reason', () => {
  expect(applyModelEvents(model, events.slice(0, 1)).progress).toMatchObject({ phase: 'download', doneBytes: 10 });
  expect(applyModelEvents(model, events)).toMatchObject({
    ...{ status: 'failed', error: 'The disk is full.', lastSeq: 4 },
    progress: { phase: 'check', doneBytes: 50 },
  });
});

it('applies an event that comes again only once', () => {
  const retried: Model = { ...model, lastSeq: 5 };
  expect(applyModelEvents(retried, events)).toBe(retried);
});
