import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import { KneserNey } from './kneser-ney.ts';

describe('KneserNey', () => {
  // Documents "1 2 1 2" and "1 3". Bigrams with the pad 0: 01 ×2, 12 ×2, 21 ×1, 13 ×1.
  // Unigram continuation counts: 1 after {0, 2} = 2, 2 after {1} = 1, 3 after {1} = 1; total 4. Discount .5 everywhere.
  const documents = [
    [1, 2, 1, 2],
    [1, 3],
  ];
  const discounts = [
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ] as const;
  const model = new KneserNey(documents, { order: 2, vocabularySize: 4, discounts });

  it('agrees with a bigram model computed by hand', () => {
    // Unigrams: (count − .5) / 4 + (1.5 / 4) · (1/3).
    const unigram = { 1: 1.5 / 4 + 0.125, 2: 0.5 / 4 + 0.125, 3: 0.5 / 4 + 0.125 };
    // After 1: counts 2 → 2, 3 → 1, total 3, two kinds: (c − .5) / 3 + (1 / 3) · unigram.
    expect(model.probability([1, 2], 1)).toBeCloseTo(1.5 / 3 + unigram[2] / 3, 12);
    expect(model.probability([1, 3], 1)).toBeCloseTo(0.5 / 3 + unigram[3] / 3, 12);
    expect(model.probability([1, 1], 1)).toBeCloseTo(unigram[1] / 3, 12);
    // An unseen history falls back to the unigrams.
    expect(model.probability([3, 1], 1)).toBeCloseTo(unigram[1], 12);
  });

  it('sums to one over the vocabulary at order 5, after seen and unseen histories', () => {
    const random = new SeededRandom(4);
    const texts = Array.from({ length: 20 }, () => Array.from({ length: 60 }, () => 1 + (random.uint32() % 7)));
    const five = new KneserNey(texts, { order: 5, vocabularySize: 8 });
    const histories = [[0, 0, 0, 0], [0, 0, 0, 3], texts[0]!.slice(10, 14), [7, 7, 7, 7]];
    for (const history of histories) {
      let sum = 0;
      for (let token = 1; token < 8; token++) sum += five.probability([...history, token], 4);
      // Seven additions of doubles.
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it('keeps tokens of different orders apart when keys exceed 32 bits', () => {
    const five = new KneserNey([[4095, 4094, 4093, 4092, 4091]], {
      order: 5,
      vocabularySize: 4096,
      discounts: Array.from({ length: 5 }, () => [0.1, 0.1, 0.1] as const),
    });
    expect(five.probability([4095, 4094, 4093, 4092, 4091], 4)).toBeGreaterThan(0.9);
    expect(five.probability([4095, 4094, 4093, 4092, 4090], 4)).toBeLessThan(0.01);
  });
});
