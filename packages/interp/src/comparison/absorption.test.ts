import { describe, expect, test } from 'vitest';
import { tokenAbsorptions } from './absorption.ts';
import { sampleConcept } from './concept-sample.ts';
import { conceptTokens } from './concept-tokens.ts';
import { sparseOf } from './golden.testing.ts';

describe('absorption at a token', () => {
  // Latent 0 is the main one, 1 and 2 are aligned with the probe, 3 is not.
  const cosines = [0.9, 0.5, 0.2, 0.01];
  const at = (acts: number[], projection: number) =>
    tokenAbsorptions({ acts: sparseOf(acts, 4), projections: [projection], cosines, mainLatents: [0] })[0];

  test('a token where another latent carries the projection alone is absorbed', () => {
    // a · cos of latent 1 is 1, half of the projection.
    expect(at([0, 2, 0, 0], 2)).toMatchObject({ isFull: true, fraction: 1, strongest: 1, strongestProjection: 1 });
  });

  test('not when a main latent fires: then in part', () => {
    // main .9, absorbing 1, projection 2.5: unaccounted for 1.6, so 1 / (1 + .9).
    const one = at([1, 2, 0, 0], 2.5);
    expect(one.isFull).toBe(false);
    expect(one.fraction).toBeCloseTo(1 / 1.9, 6);
    // Of the absorbing latents only what is unaccounted for counts: projection 1.5, main .9, absorbing 1 → .6.
    expect(at([1, 2, 0, 0], 1.5).fraction).toBeCloseTo(0.6 / 1.5, 6);
  });

  test('not when the main latent carries all of it', () => {
    expect(at([2, 2, 0, 0], 1.8)).toMatchObject({ isFull: false, fraction: 0 });
  });

  test('not below two fifths of the projection', () => {
    expect(at([0, 2, 0, 0], 2.5 - 1e-9)).toMatchObject({ isFull: true, fraction: 1 });
    expect(at([0, 2, 0, 0], 2.6)).toMatchObject({ isFull: false, fraction: 0 });
  });

  test('not by a latent that only grazes the probe', () => {
    expect(at([0, 0, 0, 100], 1)).toMatchObject({ isFull: false, fraction: 0, strongest: 3 });
  });

  test('not where the probe points away, or nothing fires', () => {
    expect(at([0, 2, 0, 0], -1)).toMatchObject({ isFull: false, fraction: 0 });
    expect(at([0, 0, 0, 0], 1)).toMatchObject({ isFull: false, fraction: 0, strongest: -1, strongestProjection: 0 });
  });

  test('three latents may absorb together, a fourth does not count', () => {
    const shared = (n: number) =>
      tokenAbsorptions({
        acts: sparseOf([0, ...Array.from({ length: 4 }, (_, i) => +(i < n))], 5),
        projections: [1],
        cosines: [0.9, 0.14, 0.14, 0.14, 0.14],
        mainLatents: [0],
      })[0].fraction;
    expect([shared(2), shared(3), shared(4)]).toEqual([0, 1, 1]);
  });
});

const words = ['<s>', ' sun', ' Sea', 'sun', ' moon', ' s3', ' tree', ' sky', '.', ' a'];
const vocabulary = { vocabSize: words.length, tokenText: (id: number) => words[id] };

describe('tokens of a concept', () => {
  test('a first letter, in either case, of word-initial tokens of letters', () => {
    const { positive, negative } = conceptTokens({ type: 'firstLetter', letter: 's' }, vocabulary, new Set([0]));
    expect(positive.map((id) => words[id])).toEqual([' sun', ' Sea', ' sky']);
    expect(negative.map((id) => words[id])).toEqual([' moon', ' tree', ' a']);
  });

  test('a list, with and without a space, and what of it is no token', () => {
    const found = conceptTokens({ type: 'tokens', tokens: ['sun', ' moon', 'galaxy', ''] }, vocabulary, new Set([0]));
    expect(found.positive.map((id) => words[id])).toEqual([' sun', 'sun', ' moon']);
    expect(found.unknown).toEqual(['galaxy']);
    expect(found.negative).not.toContain(4);
  });

  test('a concept without tokens is refused', () => {
    expect(() => conceptTokens({ type: 'firstLetter', letter: 'z' }, vocabulary, new Set())).toThrow('0 tokens');
  });
});

describe('the sample', () => {
  const texts = Array.from({ length: 300 }, (_, i) =>
    Int32Array.from({ length: 20 }, (_, t) => (t === 0 ? 0 : 1 + ((i * 7 + t) % 60))),
  );
  const source = { nContexts: texts.length, context: (index: number) => ({ tokenIds: texts[index] }) };
  const tokens = {
    positive: Array.from({ length: 20 }, (_, i) => 1 + i),
    negative: Array.from({ length: 30 }, (_, i) => 21 + i),
    unknown: [],
  };
  const options = { source, contextIndices: Int32Array.from(texts.keys()), seed: 3 };

  test('holds each token at most so often, learns from some tokens and judges by others', () => {
    const sample = sampleConcept(tokens, { ...options, perToken: 5 });
    const byToken = new Map<number, Set<boolean>>();
    const counts = new Map<number, number>();
    for (const { tokenId, isTest, contextIndex, position, isPositive } of sample) {
      expect(texts[contextIndex][position]).toBe(tokenId);
      expect(isPositive).toBe(tokenId <= 20);
      byToken.set(tokenId, (byToken.get(tokenId) ?? new Set()).add(isTest));
      counts.set(tokenId, (counts.get(tokenId) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBe(5);
    expect([...byToken.values()].every((sides) => sides.size === 1)).toBe(true);
    expect([...byToken.values()].filter((sides) => sides.has(true))).toHaveLength(6 + 9);
    expect(sampleConcept(tokens, { ...options, perToken: 5 })).toEqual(sample);
  });

  test('reads no more text than it may', () => {
    const sample = sampleConcept(tokens, { ...options, maxTokens: 100 });
    expect(new Set(sample.map(({ contextIndex }) => contextIndex)).size).toBe(5);
  });

  test('splits the occurrences of few tokens', () => {
    const few = sampleConcept({ ...tokens, positive: [1, 2] }, options).filter(({ isPositive }) => isPositive);
    expect(new Set(few.filter(({ tokenId }) => tokenId === 1).map(({ isTest }) => isTest)).size).toBe(2);
  });
});
