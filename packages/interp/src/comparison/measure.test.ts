import type { LanguageModel } from '@featurescope/lm';
import { SparseAutoencoder } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURE_HOOK, loadFixtureModel, randomContexts } from '../testing/fixture-model.ts';
import { randomDictionary } from '../testing/random-dictionary.ts';
import { measureAbsorption } from './measure-absorption.ts';
import { measureHealth } from './measure-health.ts';
import { featuresOfNeuron, neuronsOfFeature } from './neuron-weights.ts';

let model: LanguageModel;
const source = randomContexts(400, 3);
beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
});
afterAll(() => model.dispose());

describe('health', () => {
  test('one pass counts what the dictionary does, whatever the batches', async () => {
    const sae = randomDictionary({ dModel: 48, nLatents: 30, k: 6 });
    const options = { model, sae, hookName: FIXTURE_HOOK, source, contextIndices: source.allIndices.subarray(0, 40) };
    const health = await measureHealth({ ...options, outlierNorm: Number.POSITIVE_INFINITY });
    // All tokens but the beginning-of-text token of each context.
    const nTokens = options.contextIndices.reduce((sum, i) => sum + source.context(i).tokenIds.length - 1, 0);
    expect(health.nTokens).toBe(nTokens);
    expect(health.coActivation.nTokens).toBe(nTokens);
    expect(health.l0.max).toBeLessThanOrEqual(6);
    expect(health.firings.reduce((sum, n) => sum + n, 0)).toBe(Math.round(health.l0.mean * nTokens));
    expect(health.kinds.map(({ kind }) => kind).sort()).toEqual(['even', 'odd']);
    expect(health.kinds.reduce((sum, kind) => sum + kind.nTokens, 0)).toBe(nTokens);
    expect(health.duplicates.nPairs).toBe(0);
    sae.dispose();
  });

  test('a text without usable tokens is refused', async () => {
    const sae = randomDictionary({ dModel: 48, nLatents: 8, k: 2 });
    const options = { model, sae, hookName: FIXTURE_HOOK, source, outlierNorm: 1e-9 };
    await expect(measureHealth({ ...options, contextIndices: source.allIndices.subarray(0, 2) })).rejects.toThrow(
      'no usable tokens',
    );
    sae.dispose();
  });
});

describe('absorption in a model', () => {
  /** At the embedding's own hook a token's row tells the token, so that a dictionary with known holes can be made by hand. */
  const hookName = 'hook_embed';
  // Fewer than ten tokens: random embeddings share nothing that a probe could carry over to tokens it has not seen.
  const positives = Array.from({ length: 9 }, (_, i) => 20 + i);
  const absorbed = positives.slice(8);
  /** The absorbed token is so rare that the latent on it adds less than .03 to F1: else it would count as a part of the concept. */
  const text = {
    nContexts: source.nContexts,
    context: (index: number) => ({
      tokenIds: source.context(index).tokenIds.map((id) => (id === absorbed[0] && index % 3 !== 0 ? 200 : id)),
    }),
  };

  test('finds the latent that took over the tokens on which the main one is silent', async () => {
    const { sae, tokenIds } = await plantedDictionary();
    const tokens = tokenIds.map((id) => model.tokenizer.tokenText(id));
    const result = await measureAbsorption({
      ...{ model, sae, hookName, source: text, contextIndices: source.allIndices, seed: 1 },
      concept: { type: 'tokens', tokens },
    });
    expect(result.main.filter(({ isMain }) => isMain).map(({ latent }) => latent)).toEqual([0]);
    expect(result.probe.f1).toBeGreaterThan(0.5);
    expect(result.nTruePositives).toBeGreaterThan(0);
    const silent = result.tokens.filter(({ mainFires }) => !mainFires);
    expect(silent.length).toBeGreaterThan(0);
    expect(new Set(silent.map(({ tokenId }) => tokenId))).toEqual(new Set(absorbed));
    expect(result.nMainSilent).toBe(silent.length);
    expect(result.nFull).toBe(silent.length);
    expect(result.fullRate).toBe(result.nFull / result.nTruePositives);
    expect(result.absorbers).toEqual([expect.objectContaining({ index: 1, n: result.nFull, tokenIds: absorbed })]);
    sae.dispose();
  });

  test('names how little there is', async () => {
    const { sae, tokenIds } = await plantedDictionary();
    const options = { model, sae, hookName, source, contextIndices: source.allIndices.subarray(0, 1), seed: 1 };
    const tokens = tokenIds.map((id) => model.tokenizer.tokenText(id));
    await expect(measureAbsorption({ ...options, concept: { type: 'tokens', tokens } })).rejects.toThrow(
      'must be at least 10',
    );
    sae.dispose();
  });

  /** Latent 0 fires on eight of the concept's tokens, latent 1 on the ninth, both along the concept's mean direction; 2 and 3 on
   *  tokens outside it. Encoder columns are planes that set the tokens apart. */
  async function plantedDictionary(): Promise<{ sae: SparseAutoencoder; tokenIds: number[] }> {
    const { embedding } = model;
    const dModel = 48;
    const groups = [positives.slice(0, 8), absorbed, [100, 101, 102], [150, 151]];
    const columns = groups.map((group) => separating(embedding, dModel, group));
    const mean = meanRow(embedding, dModel, positives);
    const wDec = new Float32Array(4 * dModel);
    // Long enough that a firing latent carries the projection.
    for (const latent of [0, 1])
      wDec.set(
        mean.map((value) => value * 100),
        latent * dModel,
      );
    for (const latent of [2, 3]) wDec.set(meanRow(embedding, dModel, groups[latent]), latent * dModel);
    const wEnc = new Float32Array(dModel * 4);
    columns.forEach(({ direction }, latent) => {
      for (let j = 0; j < dModel; j++) wEnc[j * 4 + latent] = direction[j];
    });
    const bEnc = Float32Array.from(columns, ({ bias }) => bias);
    const weights = { wEnc, wDec, bEnc, bDec: new Float32Array(dModel) };
    const config = { architecture: 'standard', dModel, nLatents: 4, applyBDecToInput: true } as const;
    return { sae: new SparseAutoencoder(config, weights), tokenIds: positives };
  }
});

/** A direction and bias with which a group of tokens alone comes out above 0: the perceptron's, which ends where there is one. */
function separating(embedding: Float32Array, width: number, group: number[]) {
  const inside = new Set(group);
  const direction = new Float32Array(width);
  let bias = 0;
  for (let pass = 0; pass < 5000; pass++) {
    let nWrong = 0;
    for (let id = 1; id < embedding.length / width; id++) {
      const row = embedding.subarray(id * width, (id + 1) * width);
      const score = row.reduce((sum, value, j) => sum + value * direction[j], bias);
      const sign = inside.has(id) ? 1 : -1;
      if (score * sign > 0) continue;
      nWrong++;
      for (let j = 0; j < width; j++) direction[j] += sign * row[j];
      bias += sign;
    }
    if (nWrong === 0) return { direction, bias };
  }
  throw new Error(`No plane sets the tokens ${group} apart`);
}

function meanRow(embedding: Float32Array, width: number, group: number[]): Float32Array {
  const mean = new Float32Array(width);
  for (const id of group) for (let j = 0; j < width; j++) mean[j] += embedding[id * width + j] / group.length;
  return mean;
}

describe('neurons', () => {
  // Two neurons that write into two dimensions, three features.
  const basis = { writes: Float32Array.of(1, 0, 0, 2), nNeurons: 2, width: 2 };
  const weights = { wEnc: Float32Array.of(1, 0, -3, 0, 1, 1), wDec: Float32Array.of(1, 0, 0, 1, -1, 1) };

  test('of a feature, by what they add to its pre-activation', () => {
    const links = neuronsOfFeature(basis, weights, { feature: 2, count: 5 });
    expect(links.map(({ neuron, encoder }) => [neuron, encoder])).toEqual([
      [0, -3],
      [1, 2],
    ]);
    expect(links[0].decoder).toBeCloseTo(-Math.SQRT1_2, 6);
    expect(links[1].decoder).toBeCloseTo(Math.SQRT1_2, 6);
  });

  test('features of a neuron are the same numbers the other way round', () => {
    expect(featuresOfNeuron(basis, weights, { neuron: 1, count: 2 })).toEqual([
      { neuron: 1, feature: 1, encoder: 2, decoder: 1 },
      { neuron: 1, feature: 2, encoder: 2, decoder: expect.closeTo(Math.SQRT1_2, 6) },
    ]);
  });

  test('at a hook of neurons they are the coordinates', () => {
    const own = { writes: null, nNeurons: 2, width: 2 };
    expect(neuronsOfFeature(own, weights, { feature: 0, count: 1 })).toEqual([
      { neuron: 0, feature: 0, encoder: 1, decoder: 1 },
    ]);
  });
});
