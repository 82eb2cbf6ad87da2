import { expect, test } from 'vitest';
import { outcomeOfError } from './outcome-of-error.ts';
import { StageInterrupted } from './stage-control.ts';

const interrupted = (reason: StageInterrupted['reason']) => AbortSignal.abort(new StageInterrupted(reason));
const running = new AbortController().signal;
const diskFull = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

test('a full disk is a failure that says what to do', () => {
  const failure = {
    code: 'disk_full',
    message: expect.stringMatching(/ENOSPC.*Free some space.*resume the run/),
    retryable: true,
  };
  expect(outcomeOfError(diskFull, running)).toMatchObject({ type: 'failed', failure });
  expect(outcomeOfError(Object.assign(new Error('EDQUOT'), { code: 'EDQUOT' }), running)).toMatchObject({
    type: 'failed',
  });
});

test('a pause that could not save its checkpoint is no pause', () => {
  expect(outcomeOfError(diskFull, interrupted('pause'))).toMatchObject({ failure: { code: 'disk_full' } });
});

test('an interrupted stage ends as it was asked to, whatever else it throws on its way', () => {
  for (const [reason, type] of [
    ['pause', 'paused'],
    ['cancel', 'cancelled'],
    ['stop', 'stopped'],
    ['fenced', 'fenced'],
  ] as const) {
    const signal = interrupted(reason);
    expect(outcomeOfError(signal.reason, signal)).toEqual({ type });
    expect(outcomeOfError(new Error('a consequence'), signal)).toEqual({ type });
  }
  expect(outcomeOfError(diskFull, interrupted('cancel'))).toEqual({ type: 'cancelled' });
  expect(outcomeOfError(diskFull, interrupted('stop'))).toEqual({ type: 'stopped' });
});

test('what another attempt may mend is left to the queue', () => {
  const broken = new Error('the connection broke');
  expect(() => outcomeOfError(broken, running)).toThrow(broken);
  expect(() => outcomeOfError(new Error('a consequence'), AbortSignal.abort(broken))).toThrow(broken);
});
