import { describe, expect, it } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { checkSampling, logProbability, type SamplingOptions, sampleToken } from './sampling.ts';
import { samplingRandom } from './sampling-random.ts';

/** Logits whose softmax is the given probabilities. */
const logitsOf = (probabilities: number[]) => Float32Array.from(probabilities, Math.log);

/** How often each token comes up in n draws. */
function shares(logits: Float32Array, options: SamplingOptions, n = 20_000): number[] {
  const random = samplingRandom(7);
  const counts = new Array(logits.length).fill(0);
  for (let i = 0; i < n; i++) counts[sampleToken(logits, options, random)]++;
  return counts.map((count) => count / n);
}

/** Four standard errors of a share of one half in 20,000 draws. */
const SHARE_ERROR = 0.015;

function expectShares(actual: number[], expected: number[]): void {
  expected.forEach((share, token) => {
    if (share === 0) expect(actual[token]).toBe(0);
    else expect(Math.abs(actual[token] - share)).toBeLessThan(SHARE_ERROR);
  });
}

const LOGITS = logitsOf([0.1, 0.5, 0.1, 0.3]);

describe('sampleToken', () => {
  it('draws from the softmax', () => expectShares(shares(LOGITS, { temperature: 1 }), [0.1, 0.5, 0.1, 0.3]));

  it('divides logits by the temperature', () => {
    // At temperature .5 probabilities go with their squares: .01, .25, .01, .09 of .36.
    expectShares(shares(LOGITS, { temperature: 0.5 }), [0.01 / 0.36, 0.25 / 0.36, 0.01 / 0.36, 0.09 / 0.36]);
  });

  it('takes the likeliest at temperature 0, ties to the lower id, without drawing', () => {
    const noDraw = () => expect.unreachable() as never;
    expect(sampleToken(LOGITS, { temperature: 0 }, noDraw)).toBe(1);
    expect(sampleToken(Float32Array.of(1, 3, 3), { temperature: 0 }, noDraw)).toBe(1);
  });

  it('keeps the k likeliest, ties to the lower id', () => {
    expectShares(shares(LOGITS, { temperature: 1, topK: 2 }), [0, 0.625, 0, 0.375]);
    expectShares(shares(LOGITS, { temperature: 1, topK: 3 }), [1 / 9, 5 / 9, 0, 3 / 9]);
    expectShares(shares(LOGITS, { temperature: 1, topK: 1 }), [0, 1, 0, 0]);
    expectShares(shares(LOGITS, { temperature: 1, topK: 99 }), [0.1, 0.5, 0.1, 0.3]);
  });

  it('keeps the smallest nucleus that reaches topP, the token that crosses it included', () => {
    expectShares(shares(LOGITS, { temperature: 1, topP: 0.49 }), [0, 1, 0, 0]);
    expectShares(shares(LOGITS, { temperature: 1, topP: 0.51 }), [0, 0.625, 0, 0.375]);
    expectShares(shares(LOGITS, { temperature: 1, topP: 0.81 }), [1 / 9, 5 / 9, 0, 3 / 9]);
    expectShares(shares(LOGITS, { temperature: 1, topP: 0.01 }), [0, 1, 0, 0]);
  });

  it('measures the nucleus on what topK leaves', () => {
    // Of the two likeliest, renormalised to .625 and .375, the first alone reaches .6.
    expectShares(shares(LOGITS, { temperature: 1, topK: 2, topP: 0.6 }), [0, 1, 0, 0]);
  });

  it('measures the nucleus after temperature', () => {
    // Squared and renormalised the first has .694.
    expectShares(shares(LOGITS, { temperature: 0.5, topP: 0.69 }), [0, 1, 0, 0]);
  });

  it('stays finite for tiny temperatures and huge logits', () => {
    expectShares(shares(Float32Array.of(1e4, 1e4 - 1, -1e4), { temperature: 1e-3 }, 100), [1, 0, 0]);
  });
});

describe('logProbability', () => {
  it('is the log of the softmax', () => {
    expect(logProbability(LOGITS, 3)).toBeCloseTo(Math.log(0.3), 6);
    expect(logProbability(Float32Array.of(1000, 0), 1)).toBeCloseTo(-1000, 6);
  });
});

describe('checkSampling', () => {
  it.each([
    { temperature: -1 },
    { temperature: Number.NaN },
    { temperature: 1, topK: 0 },
    { temperature: 1, topK: 1.5 },
    { temperature: 1, topP: 0 },
    { temperature: 1, topP: 1.1 },
  ])('refuses %o', (options) => {
    expect(() => checkSampling(options)).toThrow(InvalidInputError);
  });
});

describe('samplingRandom', () => {
  it('repeats for a seed, differs between close seeds, and is uniform', () => {
    const draw = (seed: number) => Array.from({ length: 1000 }, samplingRandom(seed));
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)[0]).not.toBe(draw(4)[0]);
    const tenths = new Array(10).fill(0);
    for (const value of draw(5)) tenths[Math.floor(value * 10)]++;
    // 100 expected in each, standard deviation 9.5: five of them.
    for (const count of tenths) expect(Math.abs(count - 100)).toBeLessThan(48);
    const firsts = Array.from({ length: 1000 }, (_, seed) => samplingRandom(seed)());
    expect(firsts.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
  });
});
