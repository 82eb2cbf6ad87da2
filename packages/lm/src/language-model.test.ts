import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextOverflowError, InvalidInputError, UnsupportedHookError } from './errors.ts';
import type { Intervention, ResidualSite } from './intervention.ts';
import type { LanguageModel } from './language-model.ts';
import { loadModel } from './load-model.ts';
import { padTexts, singleText, type TokenBatch } from './token-batch.ts';

const DIRECTORY = fileURLToPath(new URL('../fixtures/gqa-tied', import.meta.url));

/** Products of differently shaped batches may sum in another order; logits here reach 30. */
const REORDERED = 1e-4;

let model: LanguageModel;

beforeAll(async () => {
  model = await loadModel(join(DIRECTORY), { threads: 1 });
});

afterAll(() => model.dispose());

/** Token ids without meaning, the same for the same arguments. */
const someTokens = (n: number, salt = 1) => Array.from({ length: n }, (_, i) => (i * 37 + salt * 101 + i * i) % 288);

const POST_0 = 'blocks.0.hook_resid_post';
const PRE_1 = 'blocks.1.hook_resid_pre';
const POST_1 = 'blocks.1.hook_resid_post';

/** Adds amount to the first number of every real position. */
const nudge = (hookName: string, amount: number): Intervention => ({
  hookName,
  apply(residual, { batch, seqLen, dModel, lengths }) {
    for (let row = 0; row < batch; row++) {
      for (let t = 0; t < lengths[row]; t++) residual[(row * seqLen + t) * dModel] += amount;
    }
  },
});

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
};

/** The raw bits, in which 0 and −0 differ and a NaN equals itself only when it is the same NaN. */
const bitsOf = (values?: Float32Array) => new Uint32Array((values as Float32Array).slice().buffer);

describe('the MLP', () => {
  it('writes what its neurons do times what each of them writes', async () => {
    const [post, out] = ['blocks.1.mlp.hook_post', 'blocks.1.hook_mlp_out'];
    const { hooks } = await model.run(singleText(someTokens(7)), { hooks: [post, out] });
    const writes = await model.mlpWrites(1);
    const { dMlp, dModel } = model.config;
    expect(writes.length).toBe(dMlp * dModel);
    const expected = new Float32Array(7 * dModel);
    for (let row = 0; row < 7; row++)
      for (let neuron = 0; neuron < dMlp; neuron++)
        for (let j = 0; j < dModel; j++)
          expected[row * dModel + j] += hooks[post][row * dMlp + neuron] * writes[neuron * dModel + j];
    expect(largestDifference(hooks[out], expected)).toBeLessThan(REORDERED);
    await expect(model.mlpWrites(2)).rejects.toThrow('The model has no block 2; its blocks are 0 to 1');
  });
});

describe('run', () => {
  it('gives a padded text the values that it has alone', async () => {
    const texts = [someTokens(5, 1), someTokens(12, 2), someTokens(9, 3)];
    const padded = await model.run(padTexts(texts, 3), { hooks: [POST_1, 'blocks.1.attn.hook_z'], logits: 'last' });
    for (const [row, text] of texts.entries()) {
      const alone = await model.run(singleText(text), { hooks: [POST_1, 'blocks.1.attn.hook_z'], logits: 'last' });
      for (const hook of Object.keys(alone.hooks)) {
        const begin = row * 12 * 48;
        const inBatch = padded.hooks[hook].subarray(begin, begin + text.length * 48);
        expect(largestDifference(inBatch, alone.hooks[hook])).toBeLessThan(REORDERED);
      }
      const logits = padded.logits?.subarray(row * 288, (row + 1) * 288) ?? [];
      expect(largestDifference(logits, alone.logits ?? [])).toBeLessThan(REORDERED);
    }
  });

  it('gives a text the values that it has alone when the batch is worked through in slices', async () => {
    // 20 texts of 64 tokens are more positions than a block takes at once.
    const texts = Array.from({ length: 20 }, (_, i) => someTokens(64, i));
    const hooks = ['hook_embed', POST_0, 'blocks.1.mlp.hook_post'];
    const all = await model.run(padTexts(texts), { hooks });
    for (const row of [0, 7, 8, 19]) {
      const alone = await model.run(singleText(texts[row]), { hooks });
      for (const hook of hooks) {
        const size = alone.hooks[hook].length;
        const inBatch = all.hooks[hook].subarray(row * size, (row + 1) * size);
        expect(largestDifference(inBatch, alone.hooks[hook])).toBeLessThan(REORDERED);
      }
    }
  });

  it('stops early with the values of the full pass, and runs no block that is not needed', async () => {
    const text = singleText(someTokens(10));
    const visited: string[] = [];
    const watch = (hookName: string): Intervention => ({ hookName, apply: () => void visited.push(hookName) });
    const early = await model.run(text, { hooks: [POST_0], interventions: [watch(POST_0)] });
    const full = await model.run(text, { hooks: [POST_0], interventions: [watch(POST_1)], logits: 'all' });
    expect(early.hooks[POST_0]).toEqual(full.hooks[POST_0]);
    expect(early.logits).toBeUndefined();
    expect(visited).toEqual([POST_0, POST_1]);
    expect(await model.run(text)).toEqual({ hooks: {} });
  });

  it('takes the last logits from each text’s last real token', async () => {
    const batch = padTexts([someTokens(4, 5), someTokens(7, 6)]);
    const all = (await model.run(batch, { logits: 'all' })).logits as Float32Array;
    const last = (await model.run(batch, { logits: 'last' })).logits as Float32Array;
    expect(largestDifference(last.subarray(0, 288), all.subarray(3 * 288, 4 * 288))).toBeLessThan(REORDERED);
    expect(largestDifference(last.subarray(288), all.subarray(13 * 288))).toBeLessThan(REORDERED);
  });

  it.each<[string, TokenBatch, new (...args: never[]) => Error, RegExp]>([
    ['a text beyond the context', singleText(someTokens(65)), ContextOverflowError, /65 tokens.*context of 64/],
    ['an id beyond the vocabulary', singleText([1, 288]), InvalidInputError, /Token id 288 at place 1/],
    ['a negative id', singleText([-1]), InvalidInputError, /Token id -1/],
    ['an empty text', singleText([]), InvalidInputError, /at least one/],
    ['too few ids', { tokenIds: Int32Array.of(1), batch: 1, seqLen: 2 }, InvalidInputError, /1 ids, 1 × 2/],
    ['a length of zero', { ...singleText([1, 2]), lengths: Int32Array.of(0) }, InvalidInputError, /lengths/],
    ['a length beyond the row', { ...singleText([1, 2]), lengths: Int32Array.of(3) }, InvalidInputError, /lengths/],
  ])('refuses %s', async (_what, batch, kind, message) => {
    const running = model.run(batch, { logits: 'all' });
    await expect(running).rejects.toThrow(kind);
    await expect(running).rejects.toThrow(message);
  });

  it.each(['blocks.2.hook_resid_post', 'blocks.0.hook_nothing', 'blocks.00.hook_resid_pre', 'toString', ''])(
    'refuses the hook "%s"',
    async (hook) => {
      await expect(model.run(singleText([1]), { hooks: [hook] })).rejects.toThrow(UnsupportedHookError);
    },
  );

  it('ends with the reason of an aborted signal', async () => {
    const running = model.run(singleText([1, 2]), { logits: 'all', signal: AbortSignal.abort(new Error('enough')) });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('interventions', () => {
  const text = singleText(someTokens(11));

  it('that change nothing leave every logit bit-identical', async () => {
    const identity = (hookName: string): Intervention => ({ hookName, apply: async () => {} });
    const clean = await model.run(text, { logits: 'all' });
    const watched = await model.run(text, { logits: 'all', interventions: [identity(PRE_1), identity(POST_1)] });
    expect(bitsOf(watched.logits)).toEqual(bitsOf(clean.logits));
  });

  it('that overwrite the last residual decide the logits', async () => {
    const other = await model.finalResidual(singleText(someTokens(11, 9)));
    const overwrite: Intervention = { hookName: POST_1, apply: (residual) => residual.set(other) };
    const spliced = await model.run(text, { logits: 'all', interventions: [overwrite] });
    expect(spliced.logits).toEqual((await model.run(singleText(someTokens(11, 9)), { logits: 'all' })).logits);
  });

  it('act where they say: before it nothing changes, at it exactly, after it everything follows', async () => {
    const hooks = ['blocks.0.hook_resid_pre', 'hook_embed', POST_0, PRE_1, POST_1];
    const clean = (await model.run(text, { hooks })).hooks;
    const changed = (await model.run(text, { hooks, interventions: [nudge(PRE_1, 1)] })).hooks;
    expect(changed.hook_embed).toEqual(clean.hook_embed);
    expect(changed[POST_0]).toEqual(clean[POST_0]);
    const expected = clean[PRE_1].map((value, i) => (i % 48 === 0 ? Math.fround(value + 1) : value));
    expect(changed[PRE_1]).toEqual(expected);
    expect(largestDifference(changed[POST_1], clean[POST_1])).toBeGreaterThan(0.1);
  });

  it('act in the order given, and are told where they are', async () => {
    const sites: ResidualSite[] = [];
    const record: Intervention = { hookName: POST_0, apply: (_residual, at) => void sites.push(at) };
    const double: Intervention = {
      hookName: POST_0,
      apply(residual) {
        for (let i = 0; i < residual.length; i++) residual[i] *= 2;
      },
    };
    const clean = (await model.run(text, { hooks: [POST_0] })).hooks[POST_0];
    const interventions = [record, nudge(POST_0, 1), double];
    const changed = (await model.run(text, { hooks: [POST_0], interventions })).hooks[POST_0];
    expect(changed[0]).toBe(Math.fround(Math.fround(clean[0] + 1) * 2));
    expect(sites).toEqual([{ batch: 1, seqLen: 11, startPosition: 0, dModel: 48, lengths: Int32Array.of(11) }]);
  });

  it.each(['hook_embed', 'blocks.0.hook_attn_out', 'blocks.1.mlp.hook_post', 'blocks.7.hook_resid_pre'])(
    'are refused at %s',
    async (hookName) => {
      const interventions = [{ hookName, apply: () => {} }];
      await expect(model.run(text, { logits: 'all', interventions })).rejects.toThrow(UnsupportedHookError);
      const generation = model.generate({ tokenIds: [1], nTokens: 1, temperature: 0, seed: 0, interventions });
      await expect(generation.next()).rejects.toThrow(UnsupportedHookError);
    },
  );
});

describe('a pass that begins at a residual stream', () => {
  const text = padTexts([someTokens(11), someTokens(6, 2)]);

  it.each([POST_0, PRE_1, 'blocks.0.hook_resid_pre', POST_1])(
    'from %s ends as the full pass does',
    async (hookName) => {
      const full = await model.run(text, { hooks: [hookName], logits: 'all' });
      const resumed = await model.run(text, { from: { hookName, residual: full.hooks[hookName] }, logits: 'all' });
      expect(resumed.logits).toEqual(full.logits);
    },
  );

  it('equals an intervention that overwrites, and leaves the given residual alone', async () => {
    const residual = (await model.run(text, { hooks: [POST_0] })).hooks[POST_0].map((value) => value * 0.5);
    const before = residual.slice();
    const overwrite: Intervention = { hookName: POST_0, apply: (stream) => stream.set(before) };
    const spliced = await model.run(text, { logits: 'all', interventions: [overwrite, nudge(PRE_1, 2)] });
    const options = { from: { hookName: POST_0, residual }, interventions: [nudge(PRE_1, 2)] };
    expect((await model.run(text, { ...options, logits: 'all' })).logits).toEqual(spliced.logits);
    expect(residual).toEqual(before);
  });

  it('refuses a residual of another size and hooks that it does not reach', async () => {
    const from = { hookName: PRE_1, residual: new Float32Array(3) };
    await expect(model.run(text, { from, logits: 'all' })).rejects.toThrow(InvalidInputError);
    const whole = { hookName: PRE_1, residual: new Float32Array(2 * 11 * 48) };
    await expect(model.run(text, { from: whole, hooks: [POST_0] })).rejects.toThrow(/hook_resid_post lies before/);
    const atHead = { hookName: 'blocks.0.attn.hook_z', residual: whole.residual };
    await expect(model.run(text, { from: atHead, logits: 'all' })).rejects.toThrow(UnsupportedHookError);
  });
});

describe('scores of next tokens', () => {
  const text = padTexts([someTokens(11), someTokens(6, 2)]);

  it('are what softmax over all logits gives', async () => {
    const interventions = [nudge(PRE_1, 3)];
    const clean = await model.finalResidual(text);
    const changed = await model.finalResidual(text, { interventions });
    const scores = await model.scoreNextTokens(changed, text, { reference: clean });
    const p = softmaxRows((await model.run(text, { logits: 'all' })).logits as Float32Array);
    const q = softmaxRows((await model.run(text, { logits: 'all', interventions })).logits as Float32Array);
    text.lengths.forEach((length, row) => {
      for (let t = 0; t < 11; t++) {
        const at = row * 11 + t;
        const isReal = t < length;
        expect(scores.topTokens[at]).toBe(isReal ? q[at].indexOf(Math.max(...q[at])) : -1);
        expect(scores.referenceTopTokens?.[at]).toBe(isReal ? p[at].indexOf(Math.max(...p[at])) : -1);
        if (t < length - 1) expect(scores.crossEntropy[at]).toBeCloseTo(-Math.log(q[at][text.tokenIds[at + 1]]), 4);
        else expect(scores.crossEntropy[at]).toBeNaN();
        const kl = p[at].reduce((sum, value, id) => sum + value * Math.log(value / q[at][id]), 0);
        if (isReal) expect(scores.kl?.[at]).toBeCloseTo(kl, 4);
        else expect(scores.kl?.[at]).toBeNaN();
      }
    });
  });

  it('have no divergence from themselves', async () => {
    const residual = await model.finalResidual(text);
    const { kl } = await model.scoreNextTokens(residual, text, { reference: residual });
    for (const [at, value] of (kl ?? new Float32Array()).entries()) if (at < 11) expect(value).toBe(0);
  });

  it('are shifted by one as log-probabilities', async () => {
    const losses = await model.perTokenCrossEntropy(text);
    const logProbabilities = await model.logProbabilities(text);
    expect(logProbabilities[0]).toBeNaN();
    expect(logProbabilities[11]).toBeNaN();
    expect(logProbabilities[1]).toBe(-losses[0]);
    expect(logProbabilities[16]).toBe(-losses[15]);
    expect(logProbabilities[17]).toBeNaN();
  });

  it('do not depend on how the rows are sliced', async () => {
    const many = padTexts(Array.from({ length: 30 }, (_, i) => someTokens(40, i)));
    const losses = await model.perTokenCrossEntropy(many);
    for (const row of [0, 21, 22, 29]) {
      const alone = await model.perTokenCrossEntropy(singleText(someTokens(40, row)));
      const inBatch = losses.subarray(row * 40, row * 40 + 39);
      expect(largestDifference(inBatch, alone.subarray(0, 39))).toBeLessThan(REORDERED);
    }
  });
});

describe('weights of the output', () => {
  it('turn a residual into logits by hand', async () => {
    const residual = (await model.finalResidual(singleText([5, 6]))).subarray(0, 48);
    const scale = 1 / Math.sqrt(residual.reduce((sum, x) => sum + x * x, 0) / 48 + 1e-5);
    const normed = residual.map((x, i) => x * scale * model.finalNormGain[i]);
    const logits = await model.normAndUnembed(residual, 1);
    const plain = await model.unembed(normed, 1);
    for (const id of [0, 100, 287]) {
      const byHand = normed.reduce((sum, x, i) => sum + x * model.unembedding[id * 48 + i], 0);
      expect(Math.abs(logits[id] - byHand)).toBeLessThan(REORDERED);
      expect(Math.abs(plain[id] - byHand)).toBeLessThan(REORDERED);
    }
  });

  it('are the embedding itself when tied', () => expect(model.unembedding).toBe(model.embedding));
});

describe('dispose', () => {
  it('makes later calls fail with a sentence', async () => {
    const other = await loadModel(DIRECTORY, { threads: 1 });
    await other.dispose();
    await other.dispose();
    await expect(other.run(singleText([1]), { logits: 'last' })).rejects.toThrow(/disposed/);
  });
});

/** Softmax of each row of 288, in float64. */
function softmaxRows(logits: Float32Array): Float64Array[] {
  return Array.from({ length: logits.length / 288 }, (_, row) => {
    const weights = Float64Array.from(logits.subarray(row * 288, (row + 1) * 288), Math.exp);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}
