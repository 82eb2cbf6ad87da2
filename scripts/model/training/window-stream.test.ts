import { describe, expect, it } from 'vitest';
import { WindowStream } from './window-stream.ts';

const tokens = Uint16Array.from({ length: 43 }, (_, index) => index + 1);

describe('WindowStream', () => {
  it('targets every token of every whole window once an epoch, led by the end-of-text token', () => {
    const stream = new WindowStream(tokens, { length: 4, seed: 1 });
    const { inputs, targets } = stream.next(stream.windowsPerEpoch);
    expect([...targets].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    for (let start = 0; start < 40; start += 4) {
      expect(inputs[start]).toBe(0);
      expect([...inputs.subarray(start + 1, start + 4)]).toEqual([...targets.subarray(start, start + 3)]);
    }
  });

  it('continues from a position, across epochs, in another order each epoch', () => {
    const whole = new WindowStream(tokens, { length: 4, seed: 1 });
    const first = whole.next(10).targets;
    const second = whole.next(10).targets;
    expect(second).not.toEqual(first);
    const resumed = new WindowStream(tokens, { length: 4, seed: 1, position: 7 });
    expect([...resumed.next(6).targets]).toEqual([...first.slice(28), ...second.slice(0, 12)]);
  });
});
