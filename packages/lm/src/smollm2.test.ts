import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from './language-model.ts';
import { type LoadOptions, loadModel } from './load-model.ts';
import { SafetensorsFile } from './safetensors-file.ts';
import { loadTokenizer } from './tokenizer.ts';

/** The real model in its real file, against transformers: reference/make-smollm2.py. */
const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const CACHE = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const FILE = join(CACHE, 'featurescope', 'smollm2-0.1.2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
const isThere = existsSync(FILE);
const [N_TEXTS, LENGTH, N_AT] = [8, 512, 32];

if (!isThere) console.warn(`SmolLM2's tests are left out: ${FILE} is not there. "pnpm fetch:smollm2" fetches it.`);

describe.skipIf(!isThere)('SmolLM2-135M-Instruct', { timeout: 120_000 }, () => {
  let golden: Record<'token_ids' | 'at' | 'logits' | 'log_sum_exp', Float32Array>;

  beforeAll(async () => {
    const file = await SafetensorsFile.open(join(FIXTURES, 'smollm2.safetensors'));
    golden = {
      token_ids: await file.read('token_ids', [N_TEXTS, LENGTH]),
      at: await file.read('at', [N_TEXTS, LENGTH, N_AT]),
      logits: await file.read('logits', [N_TEXTS, LENGTH, N_AT]),
      log_sum_exp: await file.read('log_sum_exp', [N_TEXTS, LENGTH]),
    };
    await file.close();
  });

  it('splits 1,000 varied strings into the tokens of the reference', async () => {
    const encodings: [string, number[]][] = JSON.parse(
      await readFile(join(FIXTURES, 'smollm2-encodings.json'), 'utf8'),
    );
    const tokenizer = await loadTokenizer(FILE);
    expect(encodings.length).toBe(1000);
    for (const [text, ids] of encodings) expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
  });

  it('predicts as the reference over 4,096 tokens', async () => {
    const found = await compare({}, N_TEXTS);
    expect(found.largestDifference).toBeLessThan(2e-3);
    expect(found.largestLogSumExpDifference).toBeLessThan(2e-3);
    expect(found.top1Agreement).toBeGreaterThanOrEqual(0.999);
  });

  it('predicts the same with its 4-bit matrices packed', async () => {
    const found = await compare({ weights: 'packed' }, 2);
    expect(found.largestDifference).toBeLessThan(1e-3);
    expect(found.top1Agreement).toBeGreaterThanOrEqual(0.999);
  });

  async function compare(options: LoadOptions, nTexts: number) {
    const model = await loadModel(FILE, options);
    let [largestDifference, largestLogSumExpDifference, nAgree] = [0, 0, 0];
    for (let text = 0; text < nTexts; text++) {
      const tokenIds = Int32Array.from(golden.token_ids.subarray(text * LENGTH, (text + 1) * LENGTH));
      const { logits } = await model.run({ tokenIds, batch: 1, seqLen: LENGTH }, { logits: 'all' });
      for (let position = 0; position < LENGTH; position++) {
        const row = text * LENGTH + position;
        const at = golden.at.subarray(row * N_AT, (row + 1) * N_AT);
        const values = rowOf(logits as Float32Array, position, model);
        const expected = golden.logits.subarray(row * N_AT, (row + 1) * N_AT);
        expected.forEach((logit, i) => {
          largestDifference = Math.max(largestDifference, Math.abs(values[at[i]] - logit));
        });
        const { top, logSumExp } = summaryOf(values);
        if (top === at[0]) nAgree++;
        const difference = Math.abs(logSumExp - golden.log_sum_exp[row]);
        largestLogSumExpDifference = Math.max(largestLogSumExpDifference, difference);
      }
    }
    await model.dispose();
    return { largestDifference, largestLogSumExpDifference, top1Agreement: nAgree / (nTexts * LENGTH) };
  }
});

function rowOf(logits: Float32Array, position: number, { config: { vocabSize } }: LanguageModel): Float32Array {
  return logits.subarray(position * vocabSize, (position + 1) * vocabSize);
}

function summaryOf(values: Float32Array): { top: number; logSumExp: number } {
  let top = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[top]) top = i;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - values[top]);
  return { top, logSumExp: values[top] + Math.log(sum) };
}
