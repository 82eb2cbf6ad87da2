import type { Run } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { activationWords } from './activation-words.ts';

const use = { setId: 'x', nShards: 60, harvested: 12, reused: 40, harvestedAgain: 0, notKept: 0 };
const words = (run: object) =>
  activationWords({ origin: 'trained', activations: 'store', storedActivations: use, ...run } as Run);

it('says in a line where activations come from', () => {
  expect(words({ activations: 'stream', storedActivations: null })).toBe('Activations streamed from the model');
  expect(words({})).toBe('Activations stored: 12 harvested, 40 reused');
  expect(words({ storedActivations: { ...use, harvestedAgain: 1, notKept: 1200 } })).toBe(
    'Activations stored: 12 harvested, 40 reused, 1 harvested again, 1,200 not kept',
  );
  expect(words({ storedActivations: null })).toBe('Activations stored');
  expect(words({ origin: 'imported' })).toBeNull();
});
