import { type LanguageModel, singleText } from '@featurescope/lm';
import { SparseAutoencoder } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_HOOK, loadFixtureModel } from '../testing/fixture-model.ts';
import { randomDictionary } from '../testing/random-dictionary.ts';
import type { ActivationReport, SteeredFeature, SteeringEvent, SteeringMode, SteeringRequest } from '../types.ts';
import { FeatureIntervention } from './feature-intervention.ts';
import { steer } from './steer.ts';
import { type SteeringSubject, steeringLanes } from './steering-lanes.ts';

const prompt = [0, 17, 99, 140, 201, 33, 250, 8];

let model: LanguageModel;
let sae: SparseAutoencoder;
let subject: SteeringSubject;

beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
  sae = randomDictionary({ dModel: model.config.dModel, nLatents: 96, k: 12 });
  subject = { model, sae, hookName: FIXTURE_HOOK };
});
afterAll(async () => {
  sae.dispose();
  await model.dispose();
});

const request = (features: SteeredFeature[], more: Partial<SteeringRequest> = {}): SteeringRequest => ({
  promptTokenIds: prompt,
  features,
  positions: 'all',
  nTokens: 6,
  temperature: 0.8,
  seed: 11,
  ...more,
});

const feature = (featureIndex: number, mode: SteeringMode, strength: number, max = 2): SteeredFeature => ({
  featureIndex,
  mode,
  strength,
  max,
});

/** Residuals at the hook, logits and reports of one pass over the prompt in one lane. */
async function runLane(asked: SteeringRequest, lane: 'baseline' | 'steered' | 'control') {
  const reports: ActivationReport[] = [];
  const interventions = steeringLanes(subject, asked)
    .find(({ name }) => name === lane)!
    .interventions((more) => {
      reports.push(...more);
    });
  const result = await model.run(singleText(prompt), { hooks: [FIXTURE_HOOK], logits: 'all', interventions });
  return { residual: result.hooks[FIXTURE_HOOK], logits: result.logits!, reports };
}

let clean: Promise<Float32Array[]> | undefined;

/** Activations a of one feature at every position of the clean prompt. */
async function cleanActivations(featureIndex: number): Promise<Float32Array> {
  clean ??= encodePrompt();
  return (await clean)[featureIndex];
}

async function encodePrompt(): Promise<Float32Array[]> {
  const all = Array.from({ length: 96 }, (_, index) => index);
  const { hooks } = await model.run(singleText(prompt), { hooks: [FIXTURE_HOOK] });
  const acts = sae.encodeFeatures(hooks[FIXTURE_HOOK], prompt.length, all);
  return all.map((index) => Float32Array.from(prompt, (_, p) => acts[p * 96 + index] * sae.decoderNorms[index]));
}

/** A feature that fires on some positions of the prompt and not on others. */
async function partlyActive({
  skip = 0,
  atLeast = 2,
  atMost = 5,
} = {}): Promise<{ index: number; activations: Float32Array }> {
  let left = skip;
  for (let index = 0; index < 96; index++) {
    const activations = await cleanActivations(index);
    const firing = activations.slice(1).filter((value) => value > 0).length;
    if (firing >= atLeast && firing <= atMost && left-- === 0) return { index, activations };
  }
  throw new Error('The random dictionary has no feature that fires on part of the prompt');
}

describe('identities', () => {
  it.each([
    ['scale by 1', (index: number) => feature(index, 'scale', 1)],
    ['add of 0', (index: number) => feature(index, 'add', 0)],
    ['ablation of a silent feature', (index: number) => feature(index, 'ablate', 1)],
  ])('%s leaves every logit bit-identical', async (name, of) => {
    const { index, activations } = await partlyActive();
    const silent = (await Promise.all([...Array(96).keys()].map(cleanActivations))).findIndex((a) =>
      a.every((v) => v === 0),
    );
    const steered = of(name.startsWith('ablation') ? silent : index);
    expect(activations.some((value) => value > 0)).toBe(true);
    const clean = await runLane(request([steered]), 'baseline');
    const changed = await runLane(request([steered]), 'steered');
    expect(changed.reports.length).toBe(prompt.length - 1);
    expect(Buffer.from(changed.logits.buffer).equals(Buffer.from(clean.logits.buffer))).toBe(true);
  });

  it('clamp at v = a leaves every logit bit-identical', async () => {
    const { index } = await partlyActive({ atLeast: 1, atMost: 1 });
    const { reports } = await runLane(request([feature(index, 'scale', 1)]), 'steered');
    const { before } = reports.find((report) => report.before > 0)!;
    const clamped = request([feature(index, 'clamp', 1, before)], { onlyWhereActive: true });
    const [clean, changed] = [await runLane(clamped, 'baseline'), await runLane(clamped, 'steered')];
    expect(changed.reports.filter(({ requested }) => requested === before)).toHaveLength(1);
    expect(Buffer.from(changed.logits.buffer).equals(Buffer.from(clean.logits.buffer))).toBe(true);
    // And a clamp to anything else does not.
    const other = request([feature(index, 'clamp', 1, before * 1.5)], { onlyWhereActive: true });
    expect((await runLane(other, 'steered')).logits).not.toEqual(clean.logits);
  });
});

describe('modes', () => {
  it('move the residual by the displacement along the unit direction, and keep the rest of it', async () => {
    const { index, activations } = await partlyActive();
    const norm = sae.decoderNorms[index];
    const unit = sae.weights.wDec.slice(index * 48, (index + 1) * 48).map((value) => value / norm);
    const expected: Record<SteeringMode, (a: number, projection: number) => number> = {
      add: () => 1.5 * 2,
      clamp: (a) => 1.5 * 2 - a,
      scale: (a) => 0.5 * a,
      ablate: (a) => -a,
      projectOut: (_, projection) => -projection,
    };
    for (const mode of Object.keys(expected) as SteeringMode[]) {
      const asked = request([feature(index, mode, 1.5)]);
      const [clean, changed] = [await runLane(asked, 'baseline'), await runLane(asked, 'steered')];
      for (let position = 0; position < prompt.length; position++) {
        const at = (lane: typeof clean) => lane.residual.slice(position * 48, (position + 1) * 48);
        const projection = at(clean).reduce((sum, value, j) => sum + value * unit[j], 0);
        const move = position === 0 ? 0 : expected[mode](activations[position], projection);
        // float32 residuals of order 1.
        at(changed).forEach((value, j) => {
          expect(Math.abs(value - (at(clean)[j] + move * unit[j]))).toBeLessThan(1e-5);
        });
      }
    }
  });

  it('sum over several features, all measured before any is changed', async () => {
    const first = await partlyActive();
    const second = await partlyActive({ skip: 1 });
    const both = request([feature(first.index, 'ablate', 0), feature(second.index, 'add', 1)]);
    const clean = await runLane(both, 'baseline');
    const changed = await runLane(both, 'steered');
    const parts = await Promise.all(both.features.map((one) => runLane(request([one]), 'steered')));
    changed.residual.forEach((value, j) => {
      const sum =
        clean.residual[j] + parts[0].residual[j] - clean.residual[j] + parts[1].residual[j] - clean.residual[j];
      expect(Math.abs(value - sum)).toBeLessThan(1e-5);
    });
  });

  it('act on the positions asked for, never on the beginning-of-text token, and only where active if told so', async () => {
    const { index, activations } = await partlyActive();
    const changedRows = async (more: Partial<SteeringRequest>) => {
      const asked = request([feature(index, 'add', 1)], more);
      const [clean, changed] = [await runLane(asked, 'baseline'), await runLane(asked, 'steered')];
      return prompt.map((_, p) =>
        changed.residual.slice(p * 48, (p + 1) * 48).some((v, j) => v !== clean.residual[p * 48 + j]),
      );
    };
    expect(await changedRows({ positions: 'prompt' })).toEqual(prompt.map((_, position) => position > 0));
    expect(await changedRows({ positions: 'generated' })).toEqual(prompt.map(() => false));
    expect(await changedRows({ onlyWhereActive: true })).toEqual([...activations].map((a, p) => p > 0 && a > 0));
  });

  it('move a row in its own units where the dictionary normalises its input', () => {
    const normalising = new SparseAutoencoder({ ...sae.config, inputNorm: 'layerNorm' }, sae.weights);
    const row = Float32Array.from({ length: 48 }, (_, j) => 3 + 5 * Math.sin(j * j));
    const mean = row.reduce((sum, value) => sum + value, 0) / 48;
    const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 47);
    const directions = sae.weights.wDec.slice(0, 48).map((value) => value / sae.decoderNorms[0]);
    const moved = (mode: SteeringMode) => {
      const residual = row.slice();
      new FeatureIntervention({
        ...{ sae: normalising, hookName: FIXTURE_HOOK, directions, selects: () => true, onlyWhereActive: false },
        features: [feature(0, mode, 1.5)],
      }).apply(residual, { batch: 1, seqLen: 1, startPosition: 1, dModel: 48, lengths: Int32Array.of(1) });
      return residual;
    };
    // float32 residuals of order 10.
    moved('add').forEach((value, j) => {
      expect(value).toBeCloseTo(row[j] + 1.5 * 2 * deviation * directions[j], 4);
    });
    // What is projected out is a part of the row itself, whatever the units.
    const along = moved('projectOut').reduce((sum, value, j) => sum + value * directions[j], 0);
    expect(along).toBeCloseTo(0, 4);
    normalising.dispose();
  });

  it('report what was asked and what the changed residual encodes to', async () => {
    const { index } = await partlyActive();
    const { reports, residual } = await runLane(request([feature(index, 'clamp', 3)]), 'steered');
    expect(reports.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const { position, requested, achieved, featureIndex } of reports) {
      expect(featureIndex).toBe(index);
      expect(requested).toBeCloseTo(6, 5);
      const row = residual.slice(position * 48, (position + 1) * 48);
      // The same rows encoded in another batch: float32 sums of 48 products in another order.
      expect(achieved).toBeCloseTo(sae.encodeFeatures(row, 1, [index])[0] * sae.decoderNorms[index], 4);
    }
  });
});

describe('control', () => {
  it('moves as far as the steered lane does, along a random direction', async () => {
    const { index } = await partlyActive();
    const asked = request([feature(index, 'clamp', 2)]);
    const [clean, changed, control] = await Promise.all(
      (['baseline', 'steered', 'control'] as const).map((l) => runLane(asked, l)),
    );
    const move = (lane: typeof clean, p: number) =>
      lane.residual.slice(p * 48, (p + 1) * 48).map((v, j) => v - clean.residual[p * 48 + j]);
    for (let position = 1; position < prompt.length; position++) {
      const [a, b] = [move(changed, position), move(control, position)];
      expect(Math.hypot(...b)).toBeCloseTo(Math.hypot(...a), 4);
      const cosine = a.reduce((sum, value, j) => sum + value * b[j], 0) / Math.hypot(...a) / Math.hypot(...b);
      // Random directions in 48 dimensions: standard deviation .14.
      expect(Math.abs(cosine)).toBeLessThan(0.6);
    }
  });
});

describe('steer', () => {
  const collect = async (asked: SteeringRequest) => {
    const events: SteeringEvent[] = [];
    for await (const event of steer(subject, asked)) events.push(event);
    return events;
  };
  const tokensOf = (events: SteeringEvent[], lane: string) =>
    events.flatMap((event) => (event.type === 'token' && event.lane === lane ? [event.tokenId] : []));

  it('streams the lanes in turn from one seed and ends with the comparison', async () => {
    const { index } = await partlyActive();
    const events = await collect(request([feature(index, 'add', 20)]));
    const order = events.flatMap((event) => (event.type === 'token' ? [event.lane] : []));
    expect(order.slice(0, 6)).toEqual(['baseline', 'steered', 'control', 'baseline', 'steered', 'control']);
    const last = events[events.length - 1];
    if (last.type !== 'comparison') throw new Error(`The last event is ${last.type}`);
    const { comparison } = last;
    expect(comparison.steered.klPerToken).toHaveLength(tokensOf(events, 'baseline').length);
    expect(Math.max(...comparison.steered.klPerToken)).toBeGreaterThan(0.01);
    expect(comparison.activations[0].requestedMean - comparison.activations[0].beforeMean).toBeCloseTo(40, 4);
    expect(comparison.perplexity.control).toBeGreaterThan(1);
    const text = [...prompt, ...tokensOf(events, 'steered')];
    const losses = await model.perTokenCrossEntropy(singleText(text));
    const mean =
      losses.slice(prompt.length - 1, -1).reduce((sum, loss) => sum + loss, 0) / (text.length - prompt.length);
    expect(comparison.perplexity.steered).toBeCloseTo(Math.exp(mean), 3);
  });

  it('with nothing to change writes the same text in every lane', async () => {
    const events = await collect(request([feature(3, 'add', 0)]));
    expect(tokensOf(events, 'steered')).toEqual(tokensOf(events, 'baseline'));
    expect(tokensOf(events, 'control')).toEqual(tokensOf(events, 'baseline'));
    const last = events[events.length - 1];
    if (last.type !== 'comparison') throw new Error(`The last event is ${last.type}`);
    expect(last.comparison.steered.diff.firstDivergence).toBeNull();
    expect(last.comparison.steered.klPerToken.every((kl) => kl < 1e-6)).toBe(true);
  });

  it('repeats itself, and leaves the control out when told so', async () => {
    const asked = request([feature(5, 'add', 9)], { control: false });
    const events = await collect(asked);
    expect(await collect(asked)).toEqual(events);
    expect(tokensOf(events, 'control')).toEqual([]);
    expect(events.filter((event) => event.type === 'laneDone')).toHaveLength(2);
  });

  it('stops when aborted', async () => {
    const aborter = new AbortController();
    const events = steer({ ...subject, signal: aborter.signal }, request([feature(5, 'add', 9)]));
    await events.next();
    aborter.abort();
    await expect(events.next().then(() => events.next())).rejects.toThrow(/abort/i);
  });

  it('refuses features that do not exist and empty prompts', async () => {
    await expect(collect(request([feature(96, 'add', 1)]))).rejects.toThrow(/Feature 96 does not exist/);
    await expect(collect(request([feature(1, 'add', Number.NaN)]))).rejects.toThrow(/finite/);
    await expect(collect(request([feature(1, 'add', 1)], { promptTokenIds: [] }))).rejects.toThrow(/no tokens/);
  });
});
