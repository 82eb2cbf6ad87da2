import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from './language-model.ts';
import { loadModel } from './load-model.ts';
import { SafetensorsFile } from './safetensors-file.ts';
import type { TokenBatch } from './token-batch.ts';

/** Both sides compute in float32 in different orders; values are of order 1 to 10. */
const MAX_ERROR = 1e-4;

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

describe.each(['gqa-tied', 'mha-untied', 'gqa-llama3-float16', 'mha-linear-bfloat16'])(
  '%s against transformers',
  (name) => {
    let model: LanguageModel;
    let golden: SafetensorsFile;
    let texts: TokenBatch;
    const read = (tensor: string) => golden.read(tensor, golden.entries.get(tensor)?.shape ?? []);

    beforeAll(async () => {
      model = await loadModel(join(FIXTURES, name), { threads: 1 });
      golden = await SafetensorsFile.open(join(FIXTURES, name, 'golden.safetensors'));
      const [batch, seqLen] = golden.entries.get('token_ids')?.shape ?? [];
      texts = { tokenIds: Int32Array.from(await read('token_ids')), batch, seqLen };
    });

    afterAll(async () => {
      await golden.close();
      await model.dispose();
    });

    it('agrees at every hook and in the logits', async () => {
      const hooks = model.hookPoints.map((point) => point.name);
      const result = await model.run(texts, { hooks, logits: 'all' });
      expect(Object.keys(result.hooks).sort()).toEqual(
        [...golden.entries.keys()].filter((key) => key.includes('hook')).sort(),
      );
      for (const { name: hook, width } of model.hookPoints) {
        expect(result.hooks[hook].length, hook).toBe(texts.batch * texts.seqLen * width);
        expect(largestDifference(result.hooks[hook], await read(hook)), hook).toBeLessThan(MAX_ERROR);
      }
      expect(largestDifference(result.logits as Float32Array, await read('logits'))).toBeLessThan(MAX_ERROR);
    });

    it('continues a prompt greedily with the same tokens', async () => {
      const expected = Array.from(await read('greedy'));
      const tokenIds = expected.slice(0, 5);
      const written: number[] = [];
      const options = { tokenIds, nTokens: expected.length - 5, temperature: 0, seed: 0, stopTokenIds: [] };
      for await (const token of model.generate(options)) written.push(token.tokenId);
      expect(written).toEqual(expected.slice(5));
    });
  },
);

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}
