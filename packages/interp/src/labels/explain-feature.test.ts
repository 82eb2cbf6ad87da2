import { Rng } from '@featurescope/sae';
import { describe, expect, it } from 'vitest';
import {
  catalogue,
  type FiresAt,
  PlantedText,
  plantedExamples,
  plantedPool,
  tokenId,
} from '../testing/planted-features.ts';
import type { LabelResult } from '../types.ts';
import { explainFeature } from './explain-feature.ts';

const text = new PlantedText(2);
const isToken = (...words: string[]) => {
  const wanted = new Set(words.map(tokenId));
  return (tokenIds: Int32Array, position: number) => wanted.has(tokenIds[position]);
};
const isNumber = isToken(...Array.from({ length: 10 }, (_, digit) => `${digit}${digit}`));
/** Fires at places that have nothing to do with the text. */
const noise: FiresAt = (tokenIds, position) =>
  Rng.fromSeed(tokenIds[1] * 4096 + tokenIds[2] * 64 + position, 'noise').float() < 0.02;

const planted: Record<string, FiresAt> = {
  royal: isToken(' king', ' queen', 'King'),
  number: isNumber,
  price: (tokenIds, position) => isNumber(tokenIds, position) && tokenIds[position - 1] === tokenId('$'),
  afterOf: (tokenIds, position) => tokenIds[position - 1] === tokenId(' of'),
  pythonNumber: (tokenIds, position, kind) => kind === 'python' && isNumber(tokenIds, position),
  first: (_, position) => position === 1,
  noise,
};
const names = Object.keys(planted);
const pool = plantedPool(text, Object.values(planted));

const explained = (name: string, seed = 1): LabelResult =>
  explainFeature({
    ...{ source: text, pool, catalogue, seed, featureIndex: names.indexOf(name) },
    examples: plantedExamples(text, planted[name], seed),
  });

function scored(name: string, seed = 1): Extract<LabelResult, { status: 'scored' }> {
  const result = explained(name, seed);
  if (result.status !== 'scored') throw new Error(result.reason);
  return result;
}

describe('explainFeature', () => {
  it.each([
    ['royal', /^“(king|queen)” or “(king|queen)”$/],
    ['number', /^A number$/],
    ['afterOf', /^Any token after “of”$/],
    ['pythonNumber', /^A number in python text$/],
    ['first', /beginning of (a|the) text$/],
  ])('finds the planted condition of %s and scores it near 1', (name, wording) => {
    const label = scored(name);
    expect(label.text).toMatch(wording);
    expect(label.score.balancedAccuracy).toBeGreaterThan(0.95);
    expect(label.score.interval[0]).toBeGreaterThan(0.8);
  });

  it('finds a conjunction of token class and previous token', () => {
    // Prices are rare in random text: enough of them in a text of their own.
    const prices = new PlantedText(2);
    for (let index = 0; index < prices.nContexts; index += 2) {
      const { tokenIds } = prices.context(index);
      tokenIds[30] = tokenId('$');
      tokenIds[31] = tokenId(`${(index / 2) % 10}${(index / 2) % 10}`);
    }
    const result = explainFeature({
      ...{ source: prices, pool: plantedPool(prices, Object.values(planted)), catalogue, seed: 1 },
      ...{ featureIndex: names.indexOf('price'), examples: plantedExamples(prices, planted.price, 1) },
    });
    if (result.status !== 'scored') throw new Error(result.reason);
    expect(result.text).toBe('A number after “$”');
    expect(result.score.balancedAccuracy).toBeGreaterThan(0.95);
  });

  it('gives a feature without a rule a score near chance, though it fits its own examples better', () => {
    const labels = [1, 2, 3, 4, 5, 6].map((seed) => scored('noise', seed));
    const mean = (of: (label: (typeof labels)[number]) => number) =>
      labels.reduce((sum, l) => sum + of(l), 0) / labels.length;
    // Six scores on about 65 windows each: standard deviation .03 of their mean.
    expect(Math.abs(mean((label) => label.score.balancedAccuracy) - 0.5)).toBeLessThan(0.1);
    expect(mean((label) => label.explainingAccuracy)).toBeGreaterThan(0.6);
    expect(labels.filter(({ score }) => score.interval[0] <= 0.5).length).toBeGreaterThanOrEqual(5);
  });

  it('keeps explaining and scoring apart by document and marks every window rightly', () => {
    const { split, score } = scored('royal');
    const documents = (side: typeof split.scoring) => new Set(side.map(({ contextIndex }) => contextIndex >> 1));
    const explaining = documents(split.explaining);
    for (const document of documents(split.scoring)) expect(explaining.has(document)).toBe(false);
    for (const { contextIndex, start, end, focus, fires, source } of [...split.explaining, ...split.scoring]) {
      const { tokenIds } = text.context(contextIndex);
      expect(focus >= start && focus < end && end - start <= 32).toBe(true);
      const holds = Array.from({ length: end - start }, (_, j) => planted.royal(tokenIds, start + j, '')).some(Boolean);
      expect(holds).toBe(fires);
      expect(fires).toBe(['top', 'band', 'random'].includes(source));
    }
    const sources = new Set(split.scoring.map(({ source }) => source));
    expect(sources).toEqual(new Set(['top', 'band', 'random', 'nearMiss', 'nonFiring', 'otherFeature']));
    const { truePositive, falseNegative, trueNegative, falsePositive } = score.confusion;
    expect(truePositive + falseNegative + trueNegative + falsePositive).toBe(split.scoring.length);
  });

  it('is the same whenever the seed is', () => {
    expect(explained('royal', 4)).toEqual(explained('royal', 4));
    expect(explained('royal', 4)).not.toEqual(explained('royal', 5));
  });

  it('fails a feature with too few examples and says how many there were', () => {
    const examples = plantedExamples(text, planted.royal, 1);
    const few = {
      ...examples,
      top: examples.top.slice(0, 4),
      bands: [[], [], [], []] as typeof examples.bands,
      random: [],
    };
    const result = explainFeature({ source: text, pool, catalogue, seed: 1, featureIndex: 0, examples: few });
    expect(result).toEqual(
      expect.objectContaining({ status: 'failed', reason: expect.stringMatching(/Only 2 firing examples/) }),
    );
  });
});
