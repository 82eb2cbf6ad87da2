import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GgufFile } from './gguf/gguf-file.ts';
import { TENSOR_TYPES } from './gguf/tensor-types.ts';
import { ggufBytes } from './gguf/write-gguf.testing.ts';
import type { LanguageModel } from './language-model.ts';
import { type LoadOptions, loadModel } from './load-model.ts';
import { relativeError } from './testing/golden-model.ts';

const VOCABULARY = fileURLToPath(new URL('../fixtures/gguf/gqa-tied.gguf', import.meta.url));
const [D_MODEL, D_MLP, N_HEADS, N_KV_HEADS, VOCAB_SIZE, N_LAYERS] = [256, 512, 4, 2, 288, 3];
const KV_WIDTH = (D_MODEL / N_HEADS) * N_KV_HEADS;

/** Of every 4-bit type one, types mixed in one product, and layouts that move rows. */
const BLOCK_TENSORS: [name: string, type: string, rows: number, columns: number][] = [
  ['attn_q', 'Q4_1', D_MODEL, D_MODEL],
  ['attn_k', 'Q4_0', KV_WIDTH, D_MODEL],
  ['attn_v', 'Q4_K', KV_WIDTH, D_MODEL],
  ['attn_output', 'Q4_0', D_MODEL, D_MODEL],
  ['ffn_gate', 'Q4_K', D_MLP, D_MODEL],
  ['ffn_up', 'Q4_1', D_MLP, D_MODEL],
  ['ffn_down', 'Q6_K', D_MODEL, D_MLP],
];

let directory: string;
let path: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'packed-weights-'));
  path = join(directory, 'packed.gguf');
  await writeFile(path, await randomModel());
});

afterAll(() => rm(directory, { recursive: true }));

describe('a model whose 4-bit matrices stay packed', () => {
  it('gives the logits of the expanded one, in batches and token by token', async () => {
    const expanded = await outputsOf({});
    const packed = await outputsOf({ weights: 'packed' });
    // The same products in float32 in another order.
    expect(relativeError(packed.logits, expanded.logits)).toBeLessThan(2e-5);
    expect(relativeError(packed.lastLogits, expanded.lastLogits)).toBeLessThan(2e-5);
    expect(packed.written).toEqual(expanded.written);
    expect(packed.weightBytes).toBeLessThan(0.5 * expanded.weightBytes);
    // Bits that differ show that it was computed in another way at all.
    expect(relativeError(packed.logits, expanded.logits)).toBeGreaterThan(0);
  });

  it('comes near to them with inputs rounded to 8 bits', async () => {
    const expanded = await outputsOf({});
    const rounded = await outputsOf({ weights: 'int8' });
    const error = relativeError(rounded.logits, expanded.logits);
    // A rounding is up to 1/254 of a block's largest value; three blocks add up theirs.
    expect(error).toBeLessThan(0.05);
    expect(error).toBeGreaterThan(1e-4);
  });

  it('has the same residual streams when it is cut between its blocks', async () => {
    const model = await loadModel(path, { threads: 1, weights: 'packed' });
    const before = await logitsOf(model);
    await model.run(texts(), { hooks: ['blocks.1.hook_resid_pre', 'blocks.1.mlp.hook_post'] });
    expect(await logitsOf(model)).toEqual(before);
    await model.dispose();
  });
});

async function outputsOf(options: LoadOptions) {
  const model = await loadModel(path, { ...options, threads: 1 });
  const logits = await logitsOf(model);
  const written: number[] = [];
  let lastLogits = new Float32Array();
  const prompt = { tokenIds: [5, 17, 101], nTokens: 12, temperature: 0, seed: 0, stopTokenIds: [] };
  for await (const token of model.generate(prompt)) {
    written.push(token.tokenId);
    lastLogits = new Float32Array(token.logits);
  }
  const { weightBytes } = model;
  await model.dispose();
  return { logits, written, lastLogits, weightBytes };
}

const texts = () => ({
  tokenIds: Int32Array.from({ length: 40 }, (_, i) => (i * 71) % VOCAB_SIZE),
  batch: 2,
  seqLen: 20,
});

async function logitsOf(model: LanguageModel): Promise<Float32Array> {
  return (await model.run(texts(), { logits: 'all' })).logits as Float32Array;
}

async function randomModel(): Promise<Buffer> {
  const vocabulary = await GgufFile.open(VOCABULARY);
  await vocabulary.close();
  const sizes = {
    'llama.block_count': N_LAYERS,
    'llama.embedding_length': D_MODEL,
    'llama.feed_forward_length': D_MLP,
    'llama.attention.head_count': N_HEADS,
    'llama.attention.head_count_kv': N_KV_HEADS,
    'llama.rope.dimension_count': D_MODEL / N_HEADS,
  };
  const metadata = new Map([...vocabulary.metadata, ...Object.entries(sizes)]);
  for (const key of ['llama.attention.key_length', 'llama.attention.value_length']) metadata.delete(key);
  const file = new TensorFile();
  file.add('token_embd.weight', 'Q8_0', [VOCAB_SIZE, D_MODEL]);
  file.add('output_norm.weight', 'F32', [D_MODEL]);
  for (let layer = 0; layer < N_LAYERS; layer++) {
    for (const norm of ['attn_norm', 'ffn_norm']) file.add(`blk.${layer}.${norm}.weight`, 'F32', [D_MODEL]);
    for (const [name, type, rows, columns] of BLOCK_TENSORS) {
      file.add(`blk.${layer}.${name}.weight`, type, [rows, columns]);
    }
  }
  return ggufBytes({ metadata, tensors: file.tensors, data: Buffer.concat(file.data) });
}

/** Collects tensors of random codes with scales that keep values about 0.05. */
class TensorFile {
  readonly tensors: { name: string; sizes: number[]; typeId: number; offset: number }[] = [];
  readonly data: Buffer[] = [];
  #offset = 0;
  #state = 1;

  add(tensor: string, type: string, shape: number[]): void {
    const known = [...TENSOR_TYPES].find(([, { name }]) => name === type);
    if (!known) throw new Error(type);
    const [typeId, { elements, bytes }] = known;
    const nBlocks = shape.reduce((product, size) => product * size, 1) / elements;
    const content = Buffer.concat(Array.from({ length: nBlocks }, () => this.#block(type, bytes)));
    this.tensors.push({ name: tensor, sizes: [...shape].reverse(), typeId, offset: this.#offset });
    const padding = (32 - (content.length % 32)) % 32;
    this.data.push(content, Buffer.alloc(padding));
    this.#offset += content.length + padding;
  }

  #block(type: string, nBytes: number): Buffer {
    const block = Buffer.from(Array.from({ length: nBytes }, () => this.#randomByte()));
    // Bits of float16: 2^-8, -7.5 · 2^-8, 2^-13, and 2^-11.
    if (type === 'F32') block.writeFloatLE(1);
    if (type === 'Q4_0' || type === 'Q4_1') block.writeUInt16LE(0x1c00);
    if (type === 'Q4_1') block.writeUInt16LE(0xa780, 2);
    if (type === 'Q4_K') block.writeUInt32LE(0x08000800);
    if (type === 'Q6_K') block.writeUInt16LE(0x0040, 208);
    if (type === 'Q8_0') block.writeUInt16LE(0x1000);
    return block;
  }

  /** Marsaglia's xorshift. */
  #randomByte(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state & 255;
  }
}
