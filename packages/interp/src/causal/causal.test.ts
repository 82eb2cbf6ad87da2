import { type LanguageModel, singleText } from '@featurescope/lm';
import { SparseAutoencoder } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeatureIntervention } from '../steering/feature-intervention.ts';
import { FIXTURE_HOOK, loadFixtureModel, randomContexts } from '../testing/fixture-model.ts';
import { randomDictionary } from '../testing/random-dictionary.ts';
import { checkFeature, featureCheckPasses } from './check-feature.ts';
import { clampEffect, directionOf, rowsClampedToZero } from './clamp-to-zero.ts';
import { activationsOf, type CausalSubject, readContext } from './context-reading.ts';
import { rankFeatures } from './rank-features.ts';

const dModel = 48;
let model: LanguageModel;
let subject: CausalSubject;
const source = randomContexts(24, 5);
beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
  const sae = randomDictionary({ dModel, nLatents: 64, k: 6 });
  subject = { model, sae, hookName: FIXTURE_HOOK, source, outlierNorm: Number.POSITIVE_INFINITY };
});
afterAll(() => model.dispose());

/** Latent j reads and writes coordinate j, halved and doubled so that ‖d‖ is 2; latent 47 never fires. */
function coordinates(): SparseAutoencoder {
  const wEnc = new Float32Array(dModel * dModel);
  const wDec = new Float32Array(dModel * dModel);
  for (let j = 0; j < dModel; j++) [wEnc[j * dModel + j], wDec[j * dModel + j]] = [0.5, 2];
  const bEnc = new Float32Array(dModel);
  bEnc[47] = -1e6;
  const weights = { wEnc, wDec, bEnc, bDec: new Float32Array(dModel) };
  return new SparseAutoencoder({ architecture: 'standard', dModel, nLatents: dModel, applyBDecToInput: true }, weights);
}

/** Contexts in which a latent fires at least once, and the others. */
async function split(of: CausalSubject, latent: number): Promise<{ firing: number[]; silent: number[] }> {
  const result = { firing: [] as number[], silent: [] as number[] };
  for (const index of source.allIndices) {
    const reading = await readContext(of, index);
    const fires = activationsOf(of, reading, latent).some((value) => value !== 0);
    (fires ? result.firing : result.silent).push(index);
  }
  return result;
}

/** A latent that fires in at least six contexts and is silent in at least three. */
async function someLatent(): Promise<number> {
  for (let latent = 0; latent < 64; latent++) {
    const { firing, silent } = await split(subject, latent);
    if (firing.length >= 6 && silent.length >= 3) return latent;
  }
  throw new Error('The dictionary has no such latent');
}

describe('clamping to zero', () => {
  it('sets the coordinate that a feature writes to 0, where it is positive and the token is text, and nothing else', async () => {
    const of = { ...subject, sae: coordinates() };
    const reading = await readContext(of, 0);
    const activations = activationsOf(of, reading, 7);
    // f = x₇ / 2 and ‖d‖ = 2: the unit of activation is that of x.
    reading.places.forEach((place, j) => {
      expect(activations[j]).toBeCloseTo(Math.max(0, reading.rows[place * dModel + 7]), 5);
    });
    const direction = directionOf(of, 7);
    const clamped = rowsClampedToZero(reading, { activations, direction });
    const byHand = reading.rows.slice();
    for (let position = 1; position < reading.batch.seqLen; position++)
      byHand[position * dModel + 7] = Math.min(0, byHand[position * dModel + 7]);
    expect([...clamped]).toEqual([...byHand]);

    const losses = await model.perTokenCrossEntropy(reading.batch, {
      from: { hookName: FIXTURE_HOOK, residual: byHand },
    });
    const changes = await clampEffect(of, reading, { activations, direction });
    expect([...changes]).toEqual([...losses.map((loss, t) => loss - reading.crossEntropy[t])]);
    expect(Math.max(...changes.slice(0, -1).map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('does what steering does when it ablates', async () => {
    const latent = await someLatent();
    const { firing } = await split(subject, latent);
    const reading = await readContext(subject, firing[0]);
    const activations = activationsOf(subject, reading, latent);
    const direction = directionOf(subject, latent);
    const changes = await clampEffect(subject, reading, { activations, direction });
    const steering = new FeatureIntervention({
      ...{ sae: subject.sae, hookName: FIXTURE_HOOK, directions: direction, onlyWhereActive: false },
      features: [{ featureIndex: latent, mode: 'ablate', strength: 0, max: 1 }],
      selects: (position) => position > 0,
    });
    const batch = singleText(source.context(firing[0]).tokenIds);
    const clean = await model.perTokenCrossEntropy(batch);
    const steered = await model.perTokenCrossEntropy(batch, { interventions: [steering] });
    for (let t = 0; t + 1 < batch.seqLen; t++) {
      // The two passes begin at different places of the model: the same operations, so the same bits.
      expect(changes[t]).toBe(steered[t] - clean[t]);
    }
  });

  it('changes no bit of any logit when the feature does not fire', async () => {
    const of = { ...subject, sae: coordinates() };
    const reading = await readContext(of, 3);
    const activations = activationsOf(of, reading, 47);
    expect([...activations].every((value) => value === 0)).toBe(true);
    const residual = rowsClampedToZero(reading, { activations, direction: directionOf(of, 47) });
    const logits = async (rows: Float32Array) =>
      (await model.run(reading.batch, { logits: 'all', from: { hookName: FIXTURE_HOOK, residual: rows } })).logits!;
    expect(Buffer.from((await logits(residual)).buffer).equals(Buffer.from((await logits(reading.rows)).buffer))).toBe(
      true,
    );
  });

  it('leaves special tokens and rows of outlying norm alone', async () => {
    const of = { ...subject, sae: coordinates() };
    const whole = await readContext(of, 0);
    const norm = (position: number) => Math.hypot(...whole.rows.subarray(position * dModel, (position + 1) * dModel));
    const limit = Math.max(...[1, 2, 3, 4].map(norm)) * 0.999;
    const some = await readContext({ ...of, outlierNorm: limit }, 0);
    expect(some.places.length).toBeLessThan(whole.places.length);
    expect([...whole.places]).not.toContain(0);
    const activations = new Float32Array(some.places.length).fill(1);
    const moved = rowsClampedToZero(some, { activations, direction: directionOf(of, 7) });
    for (let position = 0; position < whole.batch.seqLen; position++) {
      const distance = whole.rows[position * dModel + 7] - moved[position * dModel + 7];
      expect(distance).toBeCloseTo(some.places.includes(position) ? 1 : 0, 5);
    }
  });
});

describe('checkFeature', () => {
  it('finds an effect where the feature fires, exactly none where it does not, and nulls beside it', async () => {
    const latent = await someLatent();
    const { firing, silent } = await split(subject, latent);
    const peer = await split(subject, latent + 1);
    const request = {
      ...{ featureIndex: latent, firingContexts: firing, silentContexts: silent, nDirections: 3, seed: 4 },
      peers: [{ featureIndex: latent + 1, firingContexts: peer.firing }],
    };
    let nPasses = 0;
    const check = await checkFeature(subject, { ...request, onProgress: (n) => (nPasses = n) });
    expect(nPasses).toBe(featureCheckPasses(request));
    expect(check.silent).toMatchObject({ mean: 0, largestChange: 0, nContexts: silent.length });
    expect(check.silent.nTokens).toBeGreaterThan(0);
    expect(check.feature.inContext.nContexts).toBe(firing.length);
    expect(check.feature.atFiring.nTokens).toBeLessThan(check.feature.inContext.nTokens);
    expect(check.feature.atFiring.mean).not.toBe(0);
    const [low, high] = check.feature.atFiring.interval!;
    expect(low).toBeLessThan(check.feature.atFiring.mean);
    expect(high).toBeGreaterThan(check.feature.atFiring.mean);
    expect(check.directions).toHaveLength(3);
    expect(new Set(check.directions.map(({ atFiring }) => atFiring.mean)).size).toBe(3);
    expect(check.directions[0].atFiring.nTokens).toBe(check.feature.atFiring.nTokens);
    expect(check.peers).toHaveLength(1);
    const changes = check.hurt.map(({ change }) => change);
    expect(changes).toEqual([...changes].sort((a, b) => b - a));
    for (const { change, ceClean, ceClamped } of check.hurt) expect(ceClamped - ceClean).toBeCloseTo(change, 5);
    expect(await checkFeature(subject, request)).toEqual(check);
  });

  it('says which feature does not exist, and stops when it is told to', async () => {
    const request = { firingContexts: [0], silentContexts: [], peers: [], nDirections: 0, seed: 1 };
    await expect(checkFeature(subject, { ...request, featureIndex: 64 })).rejects.toThrow(/Feature 64 .* has 64/);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(checkFeature({ ...subject, signal }, { ...request, featureIndex: 1 })).rejects.toThrow('enough');
  });
});

describe('rankFeatures', () => {
  it('ranks by the cost on all text, which is the sum of what a check of each context gives', async () => {
    const candidates = [3, 9, 12, 30].map((featureIndex) => ({ featureIndex, peerIndex: featureIndex + 1 }));
    const contextIndices = [0, 1, 2, 3, 4, 5, 6];
    const ranking = await rankFeatures(subject, { candidates, contextIndices, seed: 2 });
    const costs = ranking.features.map(({ cost }) => cost.onAllText.mean);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
    expect(ranking.features.map(({ featureIndex }) => featureIndex).sort((a, b) => a - b)).toEqual([3, 9, 12, 30]);
    for (const { featureIndex, cost, peer, worst } of ranking.features) {
      let [total, nTokens, largest] = [0, 0, 0];
      for (const index of contextIndices) {
        const reading = await readContext(subject, index);
        const clamp = {
          activations: activationsOf(subject, reading, featureIndex),
          direction: directionOf(subject, featureIndex),
        };
        for (const change of (await clampEffect(subject, reading, clamp)).slice(1, -1)) {
          total += change;
          largest = Math.max(largest, change);
          nTokens++;
        }
      }
      expect(cost.onAllText.nTokens).toBe(nTokens);
      expect(ranking.nTokens).toBe(nTokens);
      expect(cost.onAllText.mean).toBeCloseTo(total / nTokens, 12);
      expect(cost.onAllText.nContexts).toBe(7);
      expect(worst?.change ?? 0).toBeCloseTo(largest, 6);
      expect(peer?.featureIndex).toBe(featureIndex + 1);
    }
  });
});
