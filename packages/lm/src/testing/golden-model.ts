import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LanguageModel } from '../language-model.ts';
import { loadModel } from '../load-model.ts';
import { SafetensorsFile } from '../safetensors-file.ts';
import type { TokenBatch } from '../token-batch.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Of reference/make-golden.py. */
export const GOLDEN_MODELS = [
  ...['gqa-tied', 'mha-untied', 'gqa-llama3-float16', 'mha-linear-bfloat16', 'llama-biases'],
  ...['gpt2', 'gpt2-scaled-by-layer', 'gpt-neox', 'gpt-neox-sequential', 'qwen2', 'qwen3', 'gemma2', 'gemma3'],
  ...['mistral', 'phi3', 'phi3-longrope'],
];

/** A small random model and what the reference computed with it. */
export interface GoldenModel {
  model: LanguageModel;
  /** [batch, seqLen], every text whole. */
  texts: TokenBatch;
  /** By hook name, [batch, seqLen, width]; `logits`, [batch, seqLen, vocabSize]; `greedy`, token ids of a prompt of 5 and 24
   *  more; `greedy_logits`, [24, vocabSize]; `token_ids`. */
  golden: Record<string, Float32Array>;
  /** Numbers in model.safetensors. */
  nStored: number;
}

export async function loadGoldenModel(name: string): Promise<GoldenModel> {
  const directory = join(FIXTURES, name);
  const model = await loadModel(directory, { threads: 1 });
  const file = await SafetensorsFile.open(join(directory, 'golden.safetensors'));
  const golden: Record<string, Float32Array> = {};
  for (const [tensor, { shape }] of file.entries) golden[tensor] = await file.read(tensor, shape);
  const [batch, seqLen] = file.entries.get('token_ids')?.shape ?? [];
  await file.close();
  const texts = { tokenIds: Int32Array.from(golden.token_ids), batch, seqLen };
  return { model, texts, golden, nStored: await countStored(join(directory, 'model.safetensors')) };
}

async function countStored(path: string): Promise<number> {
  const file = await SafetensorsFile.open(path);
  await file.close();
  return [...file.entries.values()].reduce((sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1), 0);
}

/** max |a − b|, as a share of max |b|. Throws when the lengths differ or a value is no number. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, ${expected.length} are expected`);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    size = Math.max(size, Math.abs(expected[i]));
  }
  if (!Number.isFinite(difference)) throw new Error('A value is not a number');
  return difference / size;
}
