import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelFormatError } from './errors.ts';
import { loadModel } from './load-model.ts';
import { singleText } from './token-batch.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/gqa-tied', import.meta.url));

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'model-'));
  await cp(FIXTURE, directory, { recursive: true });
});

afterEach(() => rm(directory, { recursive: true }));

async function changeConfig(change: Record<string, unknown>): Promise<void> {
  const path = join(directory, 'config.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
}

async function expectRefusal(message: RegExp): Promise<void> {
  const loading = loadModel(directory, { threads: 1 });
  await expect(loading).rejects.toThrow(ModelFormatError);
  await expect(loading).rejects.toThrow(message);
}

describe('loadModel', () => {
  it('names the tensor whose shape contradicts the configuration', async () => {
    await changeConfig({ intermediate_size: 96 });
    await expectRefusal(/"model\.layers\.0\.mlp\.gate_proj\.weight" has shape \[80,48\].*needs \[96,48\]/);
  });

  it('names a tensor that is missing', async () => {
    await changeConfig({ num_hidden_layers: 3 });
    await expectRefusal(/"model\.layers\.2\.self_attn\.q_proj\.weight" is missing/);
  });

  it('wants an unembedding of its own when embeddings are not tied', async () => {
    await changeConfig({ tie_word_embeddings: false });
    await expectRefusal(/"lm_head\.weight" is missing/);
  });

  it('refuses a bias that the configuration does not speak of', async () => {
    await rm(directory, { recursive: true });
    await cp(join(FIXTURE, '../llama-biases'), directory, { recursive: true });
    await changeConfig({ attention_bias: false });
    await expectRefusal(/"model\.layers\.0\.self_attn\.q_proj\.bias" is there, the configuration has no bias/);
  });

  it('refuses weights that are cut off', async () => {
    await truncate(join(directory, 'model.safetensors'), 100_000);
    await expectRefusal(/outside the file's \d+ bytes/);
  });

  it('refuses a tokenizer with more tokens than the model', async () => {
    await changeConfig({ vocab_size: 200 });
    await expectRefusal(/tokenizer\.json has 288 tokens.*vocab_size is 200/);
  });

  it('takes an added token beyond the vocabulary, and refuses a text that spells it out', async () => {
    const path = join(directory, 'tokenizer.json');
    const json = JSON.parse(await readFile(path, 'utf8'));
    json.added_tokens.push({ ...json.added_tokens[0], id: 288, content: '<picture>' });
    await writeFile(path, JSON.stringify(json));
    const model = await loadModel(directory, { threads: 1 });
    const running = model.run(singleText(model.tokenizer.encode('a <picture>')), { logits: 'last' });
    await expect(running).rejects.toThrow(/Token id 288 .* outside the vocabulary of 288/);
    await model.dispose();
  });

  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])('names %s when it is missing', async (file) => {
    await rm(join(directory, file));
    await expectRefusal(new RegExp(`${file.replace('.', '\\.')} is missing`));
  });
});
