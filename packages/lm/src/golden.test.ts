import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnsupportedHookError } from './errors.ts';
import { GOLDEN_MODELS, type GoldenModel, loadGoldenModel, relativeError } from './testing/golden-model.ts';
import { padTexts } from './token-batch.ts';

/** Of the largest value of the tensor that is compared. Both sides compute in float32 in different orders. */
const MAX_RELATIVE_ERROR = 1e-5;

const PROMPT_LENGTH = 5;

describe.each(GOLDEN_MODELS)('%s against transformers', (name) => {
  let fixture: GoldenModel;

  beforeAll(async () => {
    fixture = await loadGoldenModel(name);
  });

  afterAll(() => fixture.model.dispose());

  it('agrees at every hook and in the logits', async () => {
    const { model, texts, golden } = fixture;
    const hooks = model.hookPoints.map((point) => point.name);
    const result = await model.run(texts, { hooks, logits: 'all' });
    expect(Object.keys(result.hooks).sort()).toEqual(
      Object.keys(golden)
        .filter((key) => key.includes('hook'))
        .sort(),
    );
    for (const { name: hook, width } of model.hookPoints) {
      expect(result.hooks[hook].length, hook).toBe(texts.batch * texts.seqLen * width);
      expect(relativeError(result.hooks[hook], golden[hook]), hook).toBeLessThan(MAX_RELATIVE_ERROR);
    }
    expect(relativeError(result.logits as Float32Array, golden.logits)).toBeLessThan(MAX_RELATIVE_ERROR);
  });

  it('continues a prompt greedily with the same tokens, from the same logits', async () => {
    const { model, golden } = fixture;
    const expected = Array.from(golden.greedy);
    const tokenIds = expected.slice(0, PROMPT_LENGTH);
    const nTokens = expected.length - PROMPT_LENGTH;
    const written: number[] = [];
    const { vocabSize } = model.config;
    for await (const token of model.generate({ tokenIds, nTokens, temperature: 0, seed: 0, stopTokenIds: [] })) {
      const at = written.length * vocabSize;
      const logits = golden.greedy_logits.subarray(at, at + vocabSize);
      expect(relativeError(token.logits, logits), `token ${written.length}`).toBeLessThan(MAX_RELATIVE_ERROR);
      written.push(token.tokenId);
    }
    expect(written).toEqual(expected.slice(PROMPT_LENGTH));
  });

  it('gives a text that is shorter than its batch the logits that it has alone', async () => {
    const { model, texts, golden } = fixture;
    const { vocabSize } = model.config;
    const short = texts.seqLen - 4;
    const rows = [texts.tokenIds.slice(0, texts.seqLen), texts.tokenIds.slice(texts.seqLen, texts.seqLen + short)];
    const { logits = new Float32Array() } = await model.run(padTexts(rows), { logits: 'last' });
    const last = (row: number, position: number) =>
      golden.logits.subarray((row * texts.seqLen + position) * vocabSize).subarray(0, vocabSize);
    expect(relativeError(logits.subarray(0, vocabSize), last(0, texts.seqLen - 1))).toBeLessThan(MAX_RELATIVE_ERROR);
    expect(relativeError(logits.subarray(vocabSize), last(1, short - 1))).toBeLessThan(MAX_RELATIVE_ERROR);
  });

  it('scores next tokens as its logits do', async () => {
    const { model, texts, golden } = fixture;
    const { vocabSize } = model.config;
    const losses = await model.perTokenCrossEntropy(texts);
    for (let at = 0; at + 1 < texts.seqLen; at++) {
      const logits = Array.from(golden.logits.subarray(at * vocabSize, (at + 1) * vocabSize));
      const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(losses[at]).toBeCloseTo(logSum - logits[texts.tokenIds[at + 1]], 4);
    }
  });

  it('counts the parameters that the file holds', () => {
    expect(fixture.model.config.nParameters).toBe(fixture.nStored);
  });
});

it('refuses the residual stream between attention and MLP where they run side by side', async () => {
  const { model, texts } = await loadGoldenModel('gpt-neox');
  const running = model.run(texts, { hooks: ['blocks.1.hook_resid_mid'] });
  await expect(running).rejects.toThrow(UnsupportedHookError);
  await expect(running).rejects.toThrow(/side by side/);
  await model.dispose();
});
