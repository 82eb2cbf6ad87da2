import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextOverflowError, InvalidInputError, NonFiniteError } from './errors.ts';
import type { GeneratedToken, GenerateOptions } from './generation.ts';
import type { Intervention } from './intervention.ts';
import type { LanguageModel } from './language-model.ts';
import { loadModel } from './load-model.ts';
import { argmax } from './sampling.ts';
import { singleText } from './token-batch.ts';

/** A cached pass multiplies one row where a full pass multiplies many; logits here reach 30. */
const REORDERED = 1e-4;

const PROMPT = [3, 14, 15, 92, 65];

let model: LanguageModel;

beforeAll(async () => {
  model = await loadModel(fileURLToPath(new URL('../fixtures/gqa-tied', import.meta.url)), { threads: 1 });
});

afterAll(() => model.dispose());

const BASE: GenerateOptions = { tokenIds: PROMPT, nTokens: 20, temperature: 1, seed: 11, stopTokenIds: [] };

async function collect(options: Partial<GenerateOptions>): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  for await (const token of model.generate({ ...BASE, ...options })) tokens.push(token);
  return tokens;
}

const idsOf = (tokens: GeneratedToken[]) => tokens.map(({ tokenId }) => tokenId);

/** Adds a ramp that depends on the absolute position, so that a wrong startPosition shows. */
const byPosition: Intervention = {
  hookName: 'blocks.0.hook_resid_post',
  apply(residual, { seqLen, startPosition, dModel }) {
    for (let t = 0; t < seqLen; t++) residual[t * dModel] += 0.3 * (startPosition + t);
  },
};

describe('generate', () => {
  it.each([
    ['clean', []],
    ['with an intervention', [byPosition]],
  ])('with its cache gives the logits of full recomputation, %s', async (_what, interventions) => {
    const text = [...PROMPT];
    for (const token of await collect({ nTokens: 30, interventions })) {
      const { logits = new Float32Array() } = await model.run(singleText(text), { logits: 'last', interventions });
      const difference = Math.max(...logits.map((value, id) => Math.abs(value - token.logits[id])));
      expect(difference).toBeLessThan(REORDERED);
      expect(token.position).toBe(text.length);
      text.push(token.tokenId);
    }
    expect(text.length).toBe(35);
  });

  it('fills the context to its last place', async () => {
    expect(await collect({ nTokens: 64 - PROMPT.length })).toHaveLength(59);
    await expect(collect({ nTokens: 60 })).rejects.toThrow(ContextOverflowError);
    await expect(collect({ nTokens: 60 })).rejects.toThrow(/65 tokens.*context of 64/);
  });

  it('repeats for a seed and differs for another', async () => {
    const sampled = { topK: 50, topP: 0.95, temperature: 1.5 };
    expect(await collect(sampled)).toEqual(await collect(sampled));
    expect(idsOf(await collect({ ...sampled, seed: 12 }))).not.toEqual(idsOf(await collect(sampled)));
  });

  it('takes the likeliest token at temperature 0, whatever the seed', async () => {
    const greedy = await collect({ temperature: 0 });
    for (const { tokenId, logits } of greedy) expect(tokenId).toBe(argmax(logits));
    expect(idsOf(await collect({ temperature: 0, seed: 5 }))).toEqual(idsOf(greedy));
  });

  it('reports log-probabilities that teacher forcing confirms', async () => {
    const tokens = await collect({ topK: 5, temperature: 2 });
    const forced = await model.logProbabilities(singleText([...PROMPT, ...idsOf(tokens)]));
    for (const token of tokens) expect(Math.abs(forced[token.position] - token.logProbability)).toBeLessThan(REORDERED);
  });

  it('is bit-identical under interventions that change nothing', async () => {
    const chunks: [number, number][] = [];
    const watch: Intervention = {
      hookName: 'blocks.1.hook_resid_pre',
      apply: (_residual, at) => void chunks.push([at.startPosition, at.seqLen]),
    };
    expect(await collect({ interventions: [watch], nTokens: 3 })).toEqual(await collect({ nTokens: 3 }));
    expect(chunks).toEqual([
      [0, 5],
      [5, 1],
      [6, 1],
    ]);
  });

  it('ends with a stop token, which it yields', async () => {
    const [first, second] = idsOf(await collect({ temperature: 0 }));
    expect(idsOf(await collect({ temperature: 0, stopTokenIds: [second] }))).toEqual([first, second]);
  });

  it('ends with the reason of a signal that is aborted between tokens', async () => {
    const controller = new AbortController();
    const generation = model.generate({ ...BASE, signal: controller.signal });
    expect((await generation.next()).done).toBe(false);
    controller.abort(new Error('enough'));
    await expect(generation.next()).rejects.toThrow('enough');
  });

  it('says so when an intervention drives the logits out of range', async () => {
    const burst: Intervention = {
      hookName: 'blocks.1.hook_resid_post',
      apply: (residual) => void residual.fill(Number.NaN),
    };
    await expect(collect({ interventions: [burst] })).rejects.toThrow(NonFiniteError);
    await expect(collect({ interventions: [burst], temperature: 0 })).rejects.toThrow(/position 5/);
  });

  it.each([{ nTokens: 0 }, { nTokens: 1.5 }, { tokenIds: [] }, { tokenIds: [288] }, { temperature: -1 }, { topP: 2 }])(
    'refuses %o',
    async (options) => {
      await expect(collect(options)).rejects.toThrow(InvalidInputError);
    },
  );
});
