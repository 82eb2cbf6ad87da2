import type { LaneToken, SteeringExperiment, StoredEvent } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { applySteeringEvents } from './live-steering.ts';

const at = '2026-01-01T00:00:00.000Z';
const tokens = (text: string): LaneToken[] =>
  [...text].map((letter) => ({ tokenId: letter.charCodeAt(0), text: letter, logProbability: -1 }));
const experiment = {
  lastSeq: 0,
  status: 'running',
  promptTokens: [],
  lanes: { baseline: [], steered: [], control: null },
  result: null,
  failure: null,
} as unknown as SteeringExperiment;
const events: StoredEvent[] = [
  { seq: 1, at, type: 'prompt', payload: { tokens: [{ tokenId: 1, text: 'Once' }] } },
  { seq: 2, at, type: 'tokens', payload: { lane: 'steered', start: 0, tokens: tokens('ab') } },
  { seq: 3, at, type: 'tokens', payload: { lane: 'control', start: 0, tokens: tokens('x') } },
  { seq: 4, at, type: 'tokens', payload: { lane: 'steered', start: 2, tokens: tokens('c') } },
];
const textOf = (lane: LaneToken[] | null) => lane?.map((token) => token.text).join('');

it('writes each lane token by token, and a replay changes nothing', () => {
  const written = applySteeringEvents(experiment, events);
  expect(textOf(written.lanes.steered)).toBe('abc');
  expect(textOf(written.lanes.control)).toBe('x');
  expect(written.promptTokens).toHaveLength(1);
  expect(applySteeringEvents(written, events)).toEqual(written);
  expect(textOf(applySteeringEvents({ ...written, lastSeq: 0 }, events).lanes.steered)).toBe('abc');
});

it('ends with a failure that can be read', () => {
  const failed = applySteeringEvents(experiment, [
    { seq: 1, at, type: 'failed', payload: { code: 'prompt_too_long', message: 'The prompt is too long.' } },
  ]);
  expect(failed).toMatchObject({ status: 'failed', failure: { message: 'The prompt is too long.' } });
});
