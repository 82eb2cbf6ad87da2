import { expect, test } from 'vitest';
import { choiceOf, textOf } from './choice.ts';

const runId = '0b7e2c1a-4f60-4b8c-9a55-3d2f1c0e9b87';

test('a dictionary survives the address; anything else is none', () => {
  for (const choice of [{ runId }, { runId, step: 0 }, { runId, step: 400 }])
    expect(choiceOf(textOf(choice))).toEqual(choice);
  for (const text of [null, '', 'x', `${runId}@`, `${runId}@-1`, `${runId}@1e3`]) expect(choiceOf(text)).toBeNull();
  expect(textOf(null)).toBeNull();
});
