import type { LanguageModel } from '@featurescope/lm';
import { type ConceptMethod, conceptDirection, type LabelledRows, Rng } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFixtureModel } from '../testing/fixture-model.ts';
import { directionalDerivatives } from './directional-derivatives.ts';
import { pooledActivations } from './pooled-activations.ts';
import { tcav } from './tcav.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
});

const lastHook = 'blocks.1.hook_resid_post';
const width = 48;
/** rms_norm_eps of the fixture. */
const normEpsilon = 1e-5;
const text = (seed: number, length = 9) => {
  const rng = Rng.fromSeed(seed, 'tcav-text');
  return Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 1 + rng.int(287)));
};
const rowsAt = async (hookName: string, tokenIds: Int32Array) =>
  (await model.run({ tokenIds, batch: 1, seqLen: tokenIds.length }, { hooks: [hookName] })).hooks[hookName];

describe('pooled activations', () => {
  it('are the mean without the beginning of the text, or the last row', async () => {
    const tokenIds = text(1);
    const rows = await rowsAt(lastHook, tokenIds);
    const options = { model, hookName: lastHook, outlierNorm: Number.POSITIVE_INFINITY };
    const mean = await pooledActivations({ ...options, pooling: 'mean' }, [tokenIds, text(2)]);
    const last = await pooledActivations({ ...options, pooling: 'last' }, [tokenIds]);
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let position = 1; position < 9; position++) sum += rows[position * width + j] / 8;
      expect(mean[j]).toBeCloseTo(sum, 5);
      expect(last[j]).toBe(rows[8 * width + j]);
    }
    expect(mean).toHaveLength(2 * width);
  });

  it('leave outlying rows out of a mean, and refuse a text that has no other', async () => {
    const options = { model, hookName: lastHook, pooling: 'mean' as const };
    await expect(pooledActivations({ ...options, outlierNorm: 0 }, [text(1)])).rejects.toThrow('Text 1 has no token');
    const only = { ...options, outlierNorm: Number.POSITIVE_INFINITY };
    await expect(pooledActivations(only, [text(1), Int32Array.of(0)])).rejects.toThrow('Text 2 has no token');
  });
});

/** d ln Σ p(targets) / dx at the last position, through the final norm and the unembedding, in float64. */
async function gradient(tokenIds: Int32Array, targetIds: number[]): Promise<Float64Array> {
  const rows = await rowsAt(lastHook, tokenIds);
  const x = Float64Array.from(rows.subarray(rows.length - width));
  const output = (point: Float64Array) => {
    const square = point.reduce((sum, value) => sum + value * value, 0) / width;
    const scale = 1 / Math.sqrt(square + normEpsilon);
    const logits = Float64Array.from({ length: model.config.vocabSize }, (_, v) => {
      let sum = 0;
      for (let j = 0; j < width; j++)
        sum += model.unembedding[v * width + j] * model.finalNormGain[j] * point[j] * scale;
      return sum;
    });
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return Math.log(targetIds.reduce((sum, id) => sum + Math.exp(logits[id]), 0) / total);
  };
  // float64 differences, at a thousandth of the step: another computation than the one that is tested.
  return x.map((_, j) => {
    const at = (step: number) => output(x.map((value, i) => (i === j ? value + step : value)));
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  });
}

describe('directional derivatives', () => {
  it('are the slopes of the output, per mean norm', async () => {
    const tokenIds = text(3);
    const targetIds = [17, 40];
    const slope = await gradient(tokenIds, targetIds);
    const rows = await rowsAt(lastHook, tokenIds);
    const norm = Math.hypot(...rows.subarray(rows.length - width));
    const rng = Rng.fromSeed(2, 'directions');
    const directions = new Float32Array(70 * width);
    for (let i = 0; i < 70; i++) {
      const own = Float64Array.from({ length: width }, () => rng.normal());
      directions.set(
        Float32Array.from(own, (value) => value / Math.hypot(...own)),
        i * width,
      );
    }
    const options = { model, hookName: lastHook, targetIds, outlierNorm: Number.POSITIVE_INFINITY };
    const found = await directionalDerivatives({ ...options, pooling: 'last' }, tokenIds, directions);
    const wanted = Array.from({ length: 70 }, (_, i) =>
      slope.reduce((sum, value, j) => sum + value * directions[i * width + j] * norm, 0),
    );
    const largest = Math.max(...wanted.map(Math.abs));
    // The third-order term of a step of 2%, and float32 logits.
    found.derivatives.forEach((value, i) => {
      expect(Math.abs(value - wanted[i])).toBeLessThan(0.01 * largest);
    });
    const { logits } = await model.run({ tokenIds, batch: 1, seqLen: 9 }, { logits: 'last' });
    const total = (logits as Float32Array).reduce((sum, logit) => sum + Math.exp(logit), 0);
    const mass = targetIds.reduce((sum, id) => sum + Math.exp((logits as Float32Array)[id]), 0);
    expect(found.logProbability).toBeCloseTo(Math.log(mass / total), 4);
  });
});

describe('TCAV', () => {
  /** Examples on both sides along a direction, and random texts that know nothing of it. */
  function planted(direction: ArrayLike<number>): { examples: LabelledRows; randomRows: Float32Array } {
    const rng = Rng.fromSeed(9, 'planted');
    const isPositive = Array.from({ length: 24 }, (_, r) => r % 2 === 0);
    const rows = Float32Array.from(
      { length: 24 * width },
      (_, at) => (isPositive[Math.floor(at / width)] ? 3 : -3) * direction[at % width] + 0.2 * rng.normal(),
    );
    return {
      examples: { dModel: width, rows, isPositive },
      randomRows: new Float32Array(96 * width).map(() => rng.normal()),
    };
  }

  it('is 1 along what raises the output of every input, 0 against it, and told apart from random directions', async () => {
    const inputs = Array.from({ length: 6 }, (_, i) => text(20 + i));
    const slopes = await Promise.all(inputs.map((tokenIds) => gradient(tokenIds, [17])));
    const sum = slopes[0].map((_, j) => slopes.reduce((total, slope) => total + slope[j] / Math.hypot(...slope), 0));
    const direction = sum.map((value) => value / Math.hypot(...sum));
    for (const slope of slopes)
      expect(slope.reduce((total, value, j) => total + value * direction[j], 0)).toBeGreaterThan(0);
    const options = {
      derivatives: {
        model,
        hookName: lastHook,
        pooling: 'last',
        outlierNorm: Number.POSITIVE_INFINITY,
        targetIds: [17],
      },
      method: { kind: 'cav', C: 1 } as ConceptMethod,
      ...{ inputs, nRepeats: 12, seed: 0 },
    } as const;
    const run = (along: ArrayLike<number>) => {
      const { examples, randomRows } = planted(along);
      const { direction: found } = conceptDirection(examples, options.method);
      return tcav({ ...options, examples, randomRows, direction: found });
    };
    const along = await run(direction);
    expect(along).toMatchObject({ score: 1, conceptMean: 1 });
    expect(along.meanDerivative).toBeGreaterThan(0);
    expect(along.randomMean).toBeLessThan(0.9);
    expect(along.pValue).toBeLessThan(0.05);
    expect(along.conceptScores).toHaveLength(12);
    expect(along.randomScores).toHaveLength(12);
    expect(await run(direction)).toEqual(along);
    const against = await run(direction.map((value) => -value));
    expect(against).toMatchObject({ score: 0, conceptMean: 0 });
  });
});
