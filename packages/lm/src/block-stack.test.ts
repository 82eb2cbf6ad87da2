import { describe, expect, it } from 'vitest';
import type { LanguageModel } from './language-model.ts';
import { GOLDEN_MODELS, loadGoldenModel } from './testing/golden-model.ts';
import type { TokenBatch } from './token-batch.ts';

describe.each(GOLDEN_MODELS)('%s, its blocks in one session', (name) => {
  it('computes to the bit what it does in a session for each block', async () => {
    const { model, texts } = await loadGoldenModel(name);
    const together = await outputsOf(model, texts);
    await model.run(texts, { hooks: model.hookPoints.map((point) => point.name) });
    expect(await outputsOf(model, texts)).toEqual(together);
    await model.dispose();
  });
});

describe('a stack that is cut while it is used', () => {
  it('serves passes that want it cut in different places at the same time', async () => {
    const { model, texts } = await loadGoldenModel('qwen3');
    const hooks = ['blocks.1.hook_resid_pre', 'blocks.2.hook_resid_pre', 'blocks.0.mlp.hook_post'];
    const passes = await Promise.all([
      model.run(texts, { logits: 'all' }),
      ...hooks.map((hook) => model.run(texts, { hooks: [hook], logits: 'all' })),
      model.run(texts, { logits: 'all' }),
    ]);
    for (const { logits } of passes) expect(logits).toEqual(passes[0].logits);
    await model.dispose();
  });

  it('goes on with a text whose keys and values were computed before the cut', async () => {
    const { model, golden, texts } = await loadGoldenModel('gemma2');
    const tokenIds = Array.from(golden.greedy.subarray(0, 5));
    const written: number[] = [];
    for await (const { tokenId } of model.generate({
      tokenIds,
      nTokens: 24,
      temperature: 0,
      seed: 0,
      stopTokenIds: [],
    })) {
      written.push(tokenId);
      if (written.length === 8) await model.run(texts, { hooks: ['blocks.1.hook_resid_pre'] });
    }
    expect(written).toEqual(Array.from(golden.greedy.subarray(5)));
    await model.dispose();
  });
});

async function outputsOf(model: LanguageModel, texts: TokenBatch) {
  const { logits } = await model.run(texts, { logits: 'all' });
  const written: Float32Array[] = [];
  const prompt = { tokenIds: texts.tokenIds.slice(0, 5), nTokens: 4, temperature: 0, seed: 0, stopTokenIds: [] };
  for await (const token of model.generate(prompt)) written.push(token.logits);
  return { logits, written };
}
