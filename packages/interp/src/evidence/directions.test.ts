import type { LanguageModel } from '@featurescope/lm';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_HOOK, loadFixtureModel } from '../testing/fixture-model.ts';
import { randomDictionary } from '../testing/random-dictionary.ts';
import { activationsForText } from './activations-for-text.ts';
import { decoderNeighbours } from './decoder-neighbours.ts';
import { logitEffects } from './logit-effects.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
});
afterAll(() => model.dispose());

describe('decoderNeighbours', () => {
  it('ranks rows by cosine, whatever their length, without the row itself', () => {
    const wDec = Float32Array.of(1, 0, 0, 5, 3, 4, 2, 0, -1, 0);
    const neighbours = [...decoderNeighbours(wDec, 2, { count: 3 })];
    expect(neighbours.map(({ featureIndex }) => featureIndex)).toEqual([0, 1, 2, 3, 4]);
    expect(neighbours[0].neighbours.map(({ featureIndex }) => featureIndex)).toEqual([3, 2, 1]);
    // Float32 products of small integers over their norms.
    expect(neighbours[0].neighbours[1].cosine).toBeCloseTo(0.6, 6);
    expect(neighbours[1].neighbours[0]).toEqual({ featureIndex: 2, cosine: expect.closeTo(0.8, 6) });
    expect([...decoderNeighbours(wDec, 2, { count: 1, featureIndices: Int32Array.of(4, 2) })]).toEqual([
      { featureIndex: 4, neighbours: [{ featureIndex: 1, cosine: expect.closeTo(0, 6) }] },
      { featureIndex: 2, neighbours: [{ featureIndex: 1, cosine: expect.closeTo(0.8, 6) }] },
    ]);
  });
});

describe('logitEffects', () => {
  it('is the hand-computed product, centred over the vocabulary, for the unit direction', () => {
    const head = { finalNormGain: Float32Array.of(2, 1), unembedding: Float32Array.of(1, 0, 0, 1, -1, 0, 0, 0) };
    const [effects] = [
      ...logitEffects(Float32Array.of(0, 7, 3, 4), head, { count: 2, featureIndices: Int32Array.of(1) }),
    ];
    // d̂ ⊙ gain = (1.2, .8); logits (1.2, .8, −1.2, 0); mean .2.
    expect(effects.featureIndex).toBe(1);
    expect(effects.top).toEqual([
      { tokenId: 0, value: expect.closeTo(1, 6) },
      { tokenId: 1, value: expect.closeTo(0.6, 6) },
    ]);
    expect(effects.bottom).toEqual([
      { tokenId: 2, value: expect.closeTo(-1.4, 6) },
      { tokenId: 3, value: expect.closeTo(-0.2, 6) },
    ]);
  });

  it('takes the mean off a direction where the final norm does', () => {
    const head = { finalNormGain: Float32Array.of(2, 1), unembedding: Float32Array.of(1, 0, 0, 1, -1, 0, 0, 0) };
    const [{ top }] = [...logitEffects(Float32Array.of(3, 4), { ...head, finalNormCentres: true }, { count: 1 })];
    // d̂ less its mean: (−.1, .1); ⊙ gain = (−.2, .1); logits (−.2, .1, .2, 0); mean .025.
    expect(top).toEqual([{ tokenId: 2, value: expect.closeTo(0.175, 6) }]);
  });

  it('agrees with the model’s own unembedding', async () => {
    const { dModel, vocabSize } = model.config;
    const sae = randomDictionary({ dModel, nLatents: 5 });
    const directions = sae.weights.wDec.map(
      (value, at) => (value / sae.decoderNorms[Math.floor(at / dModel)]) * model.finalNormGain[at % dModel],
    );
    const logits = await model.unembed(directions, 5);
    for (const { featureIndex, top, bottom } of logitEffects(sae.weights.wDec, model)) {
      const own = logits.slice(featureIndex * vocabSize, (featureIndex + 1) * vocabSize);
      const mean = own.reduce((sum, value) => sum + value, 0) / vocabSize;
      const sorted = Array.from(own.keys()).sort((a, b) => own[b] - own[a]);
      expect(top.map(({ tokenId }) => tokenId)).toEqual(sorted.slice(0, 10));
      expect(bottom.map(({ tokenId }) => tokenId)).toEqual(sorted.slice(-10).reverse());
      expect(top[0].value).toBeCloseTo(own[sorted[0]] - mean, 4);
    }
    sae.dispose();
  });
});

describe('activationsForText', () => {
  it('names the strongest features of each token in units of a, and skips the beginning of the text', async () => {
    const sae = randomDictionary({ dModel: model.config.dModel, nLatents: 40 });
    const tokenIds = [0, 5, 77, 130];
    const tokens = await activationsForText({ model, sae, hookName: FIXTURE_HOOK }, tokenIds, { top: 3 });
    expect(tokens.map(({ tokenId }) => tokenId)).toEqual(tokenIds);
    expect(tokens[0]).toEqual({ tokenId: 0, special: true, features: [] });
    const { hooks } = await model.run(
      { tokenIds: Int32Array.from(tokenIds), batch: 1, seqLen: 4 },
      { hooks: [FIXTURE_HOOK] },
    );
    const pre = sae.preActs(hooks[FIXTURE_HOOK], 4);
    for (const row of [1, 2, 3]) {
      const all = Array.from({ length: 40 }, (_, i) => ({
        featureIndex: i,
        activation: pre[row * 40 + i] * sae.decoderNorms[i],
      }))
        .filter(({ activation }) => activation > 0)
        .sort((a, b) => b.activation - a.activation);
      expect(tokens[row].features.map(({ featureIndex }) => featureIndex)).toEqual(
        all.slice(0, 3).map((f) => f.featureIndex),
      );
      expect(tokens[row].features[0].activation).toBeCloseTo(all[0].activation, 4);
      const last = all[all.length - 1].featureIndex;
      const only = await activationsForText({ model, sae, hookName: FIXTURE_HOOK }, tokenIds, { featureIndex: last });
      expect(only[row].features).toEqual([
        { featureIndex: last, activation: expect.closeTo(all[all.length - 1].activation, 4) },
      ]);
    }
    sae.dispose();
  });
});
