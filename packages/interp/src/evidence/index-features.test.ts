import { type LanguageModel, singleText } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harvestChunk } from '../activations/activation-chunk.ts';
import { buildScoringPool } from '../labels/scoring-pool.ts';
import { FIXTURE_HOOK, loadFixtureModel, randomContexts } from '../testing/fixture-model.ts';
import { randomDictionary } from '../testing/random-dictionary.ts';
import { indexFeatures, sliceByContexts } from './index-features.ts';

const nLatents = 64;
const source = randomContexts(24, 9);
let model: LanguageModel;
let sae: SparseAutoencoder;
let common: Parameters<typeof buildScoringPool>[0];

beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
  sae = randomDictionary({ dModel: 48, nLatents, k: 6 });
  common = {
    ...{ model, sae, source, hookName: FIXTURE_HOOK, contextIndices: source.allIndices, seed: 2 },
    outlierNorm: Number.POSITIVE_INFINITY,
  };
});
afterAll(async () => {
  sae.dispose();
  await model.dispose();
});

/** Activations a [length, nLatents] of one context, run alone; row 0, the beginning-of-text token, left zero. */
async function activations(contextIndex: number): Promise<Float32Array[]> {
  const { tokenIds } = source.context(contextIndex);
  const { hooks } = await model.run(singleText(tokenIds), { hooks: [FIXTURE_HOOK] });
  const acts = sae.encodeSparse(hooks[FIXTURE_HOOK], tokenIds.length);
  return Array.from(tokenIds, (_, position) => {
    const row = new Float32Array(nLatents);
    for (let j = acts.rowOffsets[position]; position > 0 && j < acts.rowOffsets[position + 1]; j++) {
      row[acts.indices[j]] = acts.values[j] * sae.decoderNorms[acts.indices[j]];
    }
    return row;
  });
}

describe('indexFeatures', () => {
  it('finds for every latent what single passes over the contexts find', async () => {
    const progress: number[] = [];
    const options = {
      ...common,
      tokensPerForward: 70,
      onProgress: (done: { nContexts: number }) => progress.push(done.nContexts),
    };
    const indexer = await indexFeatures(options);
    const byContext = await Promise.all(Array.from(source.allIndices, activations));
    expect(progress[progress.length - 1]).toBe(24);
    expect(indexer.nTokens).toBe(byContext.reduce((sum, rows) => sum + rows.length - 1, 0));
    for (const { featureIndex, firingCount, max, examples } of indexer.features()) {
      const peaks = byContext.map((rows) => Math.max(...rows.map((row) => row[featureIndex])));
      expect(firingCount).toBe(byContext.flat().filter((row) => row[featureIndex] > 0).length);
      // Rows of other batches: float32 sums of 48 products in another order.
      expect(max).toBeCloseTo(Math.max(...peaks), 4);
      if (examples.top.length > 0) expect(examples.top[0].contextIndex).toBe(peaks.indexOf(Math.max(...peaks)));
      for (const { contextIndex, positions, values } of [...examples.top, ...examples.random]) {
        const rows = byContext[contextIndex];
        expect(positions).toEqual(Array.from(rows.keys()).filter((position) => rows[position][featureIndex] > 0));
        positions.forEach((position, j) => {
          expect(values[j]).toBeCloseTo(rows[position][featureIndex], 4);
        });
      }
      for (const { contextIndex } of examples.nearMisses) expect(peaks[contextIndex]).toBe(0);
    }
  });

  it('finds the same where some rows are at hand, for which the model is not run', async () => {
    const all = await indexFeatures({ ...common, tokensPerForward: 70 });
    const [first, rest] = [source.allIndices.slice(0, 15), source.allIndices.slice(15)];
    async function* stored() {
      yield await harvestChunk({ ...common, tokensPerForward: 70 }, first, Number.POSITIVE_INFINITY);
    }
    const ran: number[] = [];
    // Not that of the shard, which is harvested before.
    const counting = {
      config: model.config,
      run: (...args: Parameters<LanguageModel['run']>) => {
        ran.push(args[0].batch);
        return model.run(...args);
      },
    };
    const indexer = await indexFeatures({
      ...{ ...common, model: counting, contextIndices: rest, stored: stored(), tokensPerForward: 70 },
    });
    expect(ran.reduce((sum, batch) => sum + batch, 0)).toBe(rest.length);
    expect(indexer.nTokens).toBe(all.nTokens);
    const expected = [...all.features()];
    for (const { featureIndex, firingCount, max, examples } of indexer.features()) {
      expect(firingCount).toBe(expected[featureIndex].firingCount);
      expect(max).toBeCloseTo(expected[featureIndex].max, 4);
      const contexts = (list: { contextIndex: number }[]) => list.map(({ contextIndex }) => contextIndex);
      expect(contexts(examples.top)).toEqual(contexts(expected[featureIndex].examples.top));
    }
  });

  it('cuts passes into runs of whole contexts', () => {
    const contexts = [0, 10, 25, 30, 90].map((rowStart, j, all) => ({
      contextIndex: j,
      rowStart,
      rowEnd: all[j + 1] ?? 100,
    }));
    const runs = [...sliceByContexts({ contexts }, 30)].map((run) => run.map(({ contextIndex }) => contextIndex));
    expect(runs).toEqual([[0, 1, 2], [3], [4]]);
  });
});

describe('ScoringPool', () => {
  it('knows where each feature fires and where most strongly', async () => {
    const pool = await buildScoringPool({ ...common, nContexts: 10 });
    expect(pool.contexts).toHaveLength(10);
    const byPlace = await Promise.all(pool.contexts.map(({ contextIndex }) => activations(contextIndex)));
    for (let latent = 0; latent < nLatents; latent++) {
      let best = 0;
      byPlace.forEach((rows, place) => {
        rows.forEach((row, position) => {
          expect(pool.firesIn(latent, place, { start: position, end: position + 1 })).toBe(row[latent] > 0);
          best = Math.max(best, row[latent]);
        });
        const anywhere = rows.some((row) => row[latent] > 0);
        expect(pool.firesIn(latent, place, { start: 0, end: rows.length })).toBe(anywhere);
      });
      const peak = pool.peak(latent);
      expect(peak === null).toBe(best === 0);
      expect(pool.activeLatents.includes(latent)).toBe(best > 0);
      if (peak) expect(byPlace[peak.place][peak.position][latent]).toBeCloseTo(best, 4);
    }
  });
});
