import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRawConfig } from '../model-config.ts';
import { GgufTensors } from './gguf-tensors.ts';
import type { MetadataValue } from './metadata.ts';
import { ARCHITECTURE_NAMES, fileName, isKnownFileName } from './tensor-names.ts';
import { ggufBytes } from './write-gguf.testing.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/gguf', import.meta.url));

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gguf-tensors-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** A file whose F32 tensors hold 0, 1, 2, … each. shapes: slowest axis first. */
async function modelFile(metadata: Record<string, MetadataValue>, shapes: Record<string, number[]>): Promise<string> {
  let offset = 0;
  const data: Buffer[] = [];
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const values = Float32Array.from({ length: shape.reduce((product, size) => product * size) }, (_, i) => i);
    const bytes = Buffer.alloc(Math.ceil(values.byteLength / 32) * 32);
    bytes.set(new Uint8Array(values.buffer));
    data.push(bytes);
    offset += bytes.length;
    return { name, sizes: [...shape].reverse(), typeId: 0, offset: offset - bytes.length };
  });
  const path = join(directory, 'model.gguf');
  await writeFile(path, ggufBytes({ metadata: Object.entries(metadata), tensors, data: Buffer.concat(data) }));
  return path;
}

async function readTensor(architecture: string, name: string, shape: number[], stored: Record<string, number[]>) {
  const metadata = { 'general.architecture': architecture, [`${architecture}.attention.head_count`]: 2 };
  const tensors = await GgufTensors.open(await modelFile(metadata, stored));
  expect(tensors.entries.has(name)).toBe(true);
  const values = await tensors.read(name, shape);
  await tensors.close();
  return [...values];
}

describe('the names of weights in GGUF files', () => {
  it('are those that the reference implementation writes', async () => {
    const golden: Record<string, Record<string, string>> = JSON.parse(
      await readFile(join(FIXTURES, 'names.golden.json'), 'utf8'),
    );
    expect(Object.keys(golden).sort()).toEqual([...ARCHITECTURE_NAMES.keys()].sort());
    for (const [architecture, names] of Object.entries(golden)) {
      const table = ARCHITECTURE_NAMES.get(architecture);
      if (!table) throw new Error(architecture);
      for (const [checkpoint, name] of Object.entries(names)) {
        expect(fileName(table, checkpoint)?.name, `${architecture} ${checkpoint}`).toBe(name);
        expect(isKnownFileName(table, name)).toBe(true);
      }
    }
  });
});

describe('GgufTensors', () => {
  it('puts the rotary halves of each head of llama one after the other', async () => {
    // Two heads of four rows; in the file: first of half 1, first of half 2, second of half 1, second of half 2.
    const rows = await readTensor('llama', 'model.layers.0.self_attn.q_proj.weight', [8, 1], {
      'blk.0.attn_q.weight': [8, 1],
    });
    expect(rows).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });

  it('leaves them alone in qwen2, whose files are not reordered', async () => {
    const stored = { 'blk.3.attn_q.weight': [8, 1] };
    expect(await readTensor('qwen2', 'model.layers.3.self_attn.q_proj.weight', [8, 1], stored)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('takes off the one that was added to the gains of gemma', async () => {
    const stored = { 'output_norm.weight': [3] };
    expect(await readTensor('gemma2', 'model.norm.weight', [3], stored)).toEqual([-1, 0, 1]);
  });

  it('turns the matrices of GPT-2 back to [in, out], its biases not', async () => {
    const stored = { 'blk.0.attn_qkv.weight': [3, 2], 'blk.0.attn_qkv.bias': [3] };
    expect(await readTensor('gpt2', 'transformer.h.0.attn.c_attn.weight', [2, 3], stored)).toEqual([0, 2, 4, 1, 3, 5]);
    expect(await readTensor('gpt2', 'transformer.h.0.attn.c_attn.bias', [3], stored)).toEqual([0, 1, 2]);
  });

  it('puts query, key and value of each head of GPT-NeoX together again', async () => {
    // Two heads of two: queries 0–3, keys 4–7, values 8–11 in the file.
    const expected = [0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11];
    const name = 'gpt_neox.layers.0.attention.query_key_value';
    const stored = { 'blk.0.attn_qkv.weight': [12, 1], 'blk.0.attn_qkv.bias': [12] };
    expect(await readTensor('gptneox', `${name}.weight`, [12, 1], stored)).toEqual(expected);
    expect(await readTensor('gptneox', `${name}.bias`, [12], stored)).toEqual(expected);
  });

  it('refuses a weight that the architecture does not have, and an architecture that is not known', async () => {
    const metadata = { 'general.architecture': 'llama', 'llama.attention.head_count': 2 };
    const path = await modelFile(metadata, { 'blk.0.attn_sub_norm.weight': [4] });
    await expect(GgufTensors.open(path)).rejects.toThrow(
      /model\.gguf: tensor "blk\.0\.attn_sub_norm\.weight" is not part of a llama model/,
    );
    await modelFile({ 'general.architecture': 'mamba' }, {});
    await expect(GgufTensors.open(path)).rejects.toThrow(/"general\.architecture" is "mamba"; supported are llama/);
    await modelFile({ 'general.architecture': 'llama', 'split.count': 3 }, {});
    await expect(GgufTensors.open(path)).rejects.toThrow(/model\.gguf is one of 3 parts.*llama-gguf-split --merge/);
    await modelFile({}, {});
    await expect(GgufTensors.open(path)).rejects.toThrow(/"general\.architecture" is missing/);
  });
});

const SHAPE = {
  block_count: 2,
  context_length: 64,
  embedding_length: 32,
  feed_forward_length: 40,
  'attention.head_count': 2,
};

async function configOf(
  architecture: string,
  fields: Record<string, MetadataValue>,
  shapes: Record<string, number[]> = {},
) {
  const prefixed = Object.entries({ ...SHAPE, ...fields }).map(([key, value]) => [`${architecture}.${key}`, value]);
  const metadata = { 'general.architecture': architecture, ...Object.fromEntries(prefixed) };
  return readRawConfig(await modelFile(metadata, { 'token_embd.weight': [7, 32], ...shapes }));
}

describe('the configuration of a GGUF file', () => {
  it('has what the config.json of each architecture has', async () => {
    expect(
      await configOf('qwen2', { 'attention.layer_norm_rms_epsilon': 1e-6 }, { 'output.weight': [7, 32] }),
    ).toMatchObject({
      model_type: 'qwen2',
      vocab_size: 7,
      head_dim: 16,
      num_key_value_heads: 2,
      rms_norm_eps: 1e-6,
      tie_word_embeddings: false,
    });
    expect(
      await configOf('gemma3', {
        'attention.key_length': 24,
        'rope.freq_base': 1_000_000,
        'attention.sliding_window': 12,
      }),
    ).toMatchObject({
      model_type: 'gemma3_text',
      query_pre_attn_scalar: 24,
      sliding_window: 12,
      tie_word_embeddings: true,
      rope_parameters: { full_attention: { rope_theta: 1_000_000 }, sliding_attention: { rope_theta: 10_000 } },
    });
    expect(
      await configOf('gptneox', { 'attention.layer_norm_epsilon': 1e-5, 'rope.dimension_count': 4 }),
    ).toMatchObject({
      model_type: 'gpt_neox',
      rotary_pct: 0.25,
      use_parallel_residual: true,
    });
    expect(await configOf('gpt2', { 'attention.layer_norm_epsilon': 1e-5 })).toMatchObject({
      n_embd: 32,
      n_positions: 64,
    });
  });

  it('has the width of a head divide scores in the largest gemma2 only', async () => {
    expect(await configOf('gemma2', { 'attention.key_length': 8 })).toMatchObject({ query_pre_attn_scalar: 8 });
    expect(await configOf('gemma2', { 'attention.key_length': 8, block_count: 46 })).toMatchObject({
      query_pre_attn_scalar: 16,
    });
  });

  it('refuses experts, frequencies that are not those of Llama 3, and numbers of another kind', async () => {
    await expect(configOf('llama', { expert_count: 8 })).rejects.toThrow(/model\.gguf is a mixture of 8 experts/);
    await expect(configOf('llama', {}, { 'rope_freqs.weight': [8] })).rejects.toThrow(
      /model\.gguf: tensor "rope_freqs\.weight" holds factors that are not those of Llama 3/,
    );
    await expect(configOf('llama', { block_count: 'two' })).rejects.toThrow(
      /model\.gguf: metadata "llama\.block_count" is "two"; expected a non-negative integer/,
    );
    await expect(configOf('llama', { context_length: -1 })).rejects.toThrow(/"llama\.context_length" is -1/);
  });
});
