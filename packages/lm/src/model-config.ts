import { join } from 'node:path';
import { parseJsonObject, readBoundedFile } from './bounded-file.ts';
import { ModelFormatError } from './errors.ts';
import { findGguf } from './gguf/find-gguf.ts';
import { readGgufConfig } from './gguf/gguf-config.ts';
import { parseRope, type RopeConfig } from './rope.ts';

/** The shape of a llama-family model, from its config.json. */
export interface ModelConfig {
  modelType: string;
  nLayers: number;
  dModel: number;
  nHeads: number;
  nKvHeads: number;
  headDim: number;
  dMlp: number;
  vocabSize: number;
  /** Most positions a text may have, special tokens included. */
  contextSize: number;
  ropeTheta: number;
  rope: RopeConfig;
  rmsNormEps: number;
  tiedEmbeddings: boolean;
  bosTokenId: number | null;
  eosTokenIds: number[];
  /** Trainable parameters, a tied embedding counted once. */
  nParameters: number;
}

const MAX_CONFIG_BYTES = 1_000_000;
const MAX_CONTEXT_SIZE = 1_048_576;
const FILE = 'config.json';

/** Reads and checks the configuration of a model: `config.json` of a directory, or a GGUF file's metadata.
 *  Throws ModelFormatError naming the field, its value and what is supported. */
export async function readModelConfig(path: string): Promise<ModelConfig> {
  return parseModelConfig(await readRawConfig(path));
}

/** config.json as it stands, or what a GGUF file has in its place. */
export async function readRawConfig(path: string): Promise<Record<string, unknown>> {
  const gguf = await findGguf(path);
  return gguf === null
    ? parseJsonObject(await readBoundedFile(join(path, FILE), MAX_CONFIG_BYTES), FILE)
    : readGgufConfig(gguf);
}

/** The same, from the parsed file. */
export function parseModelConfig(raw: Record<string, unknown>): ModelConfig {
  requireValue(raw, 'model_type', ['llama'], 'llama');
  requireValue(raw, 'hidden_act', ['silu', 'swish'], 'silu');
  requireValue(raw, 'attention_bias', [false], false);
  requireValue(raw, 'mlp_bias', [false], false);
  const dModel = positiveInteger(raw, 'hidden_size');
  const nHeads = positiveInteger(raw, 'num_attention_heads');
  const nKvHeads = positiveInteger(raw, 'num_key_value_heads', nHeads);
  const headDim = positiveInteger(raw, 'head_dim', dModel / nHeads);
  if (nHeads % nKvHeads !== 0) fail('num_key_value_heads', nKvHeads, `a divisor of num_attention_heads (${nHeads})`);
  // ONNX Runtime's GroupQueryAttention with rotary embedding on a CPU refuses other head sizes.
  if (headDim % 16 !== 0) fail('head_dim', headDim, 'a multiple of 16');
  const rope = parseRope(raw);
  const shape = {
    nLayers: positiveInteger(raw, 'num_hidden_layers'),
    dModel,
    nHeads,
    nKvHeads,
    headDim,
    dMlp: positiveInteger(raw, 'intermediate_size'),
    vocabSize: positiveInteger(raw, 'vocab_size'),
    tiedEmbeddings: raw.tie_word_embeddings === true,
  };
  return {
    modelType: 'llama',
    ...shape,
    contextSize: contextSize(raw),
    ropeTheta: rope.theta,
    rope,
    rmsNormEps: positiveNumber(raw, 'rms_norm_eps', 1e-6),
    bosTokenId: tokenIds(raw, 'bos_token_id', shape.vocabSize)[0] ?? null,
    eosTokenIds: tokenIds(raw, 'eos_token_id', shape.vocabSize),
    nParameters: countParameters(shape),
  };
}

function countParameters(shape: Pick<ModelConfig, ShapeField>): number {
  const { dModel, nHeads, nKvHeads, headDim, dMlp, vocabSize, nLayers, tiedEmbeddings } = shape;
  const attention = dModel * headDim * (2 * nHeads + 2 * nKvHeads);
  const block = attention + 3 * dModel * dMlp + 2 * dModel;
  return nLayers * block + dModel + vocabSize * dModel * (tiedEmbeddings ? 1 : 2);
}

type ShapeField = 'nLayers' | 'dModel' | 'nHeads' | 'nKvHeads' | 'headDim' | 'dMlp' | 'vocabSize' | 'tiedEmbeddings';

function fail(field: string, value: unknown, expected: string): never {
  throw new ModelFormatError(`${FILE}: "${field}" is ${JSON.stringify(value)}; expected ${expected}`, {
    file: FILE,
    field,
    value,
  });
}

function requireValue(raw: Record<string, unknown>, field: string, allowed: unknown[], absent: unknown): void {
  const value = raw[field] ?? absent;
  if (!allowed.includes(value)) fail(field, value, allowed.map((item) => JSON.stringify(item)).join(' or '));
}

/** Sizes are bounded so that a hostile file cannot ask for absurd amounts of memory before its weights are looked at. */
function positiveInteger(raw: Record<string, unknown>, field: string, absent?: number): number {
  const value = raw[field] ?? absent;
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 10_000_000) {
    fail(field, value, 'a positive integer');
  }
  return value as number;
}

/** Rotary tables take memory for each position, so this size has a limit of its own. */
function contextSize(raw: Record<string, unknown>): number {
  const size = positiveInteger(raw, 'max_position_embeddings');
  return size <= MAX_CONTEXT_SIZE ? size : fail('max_position_embeddings', size, `at most ${MAX_CONTEXT_SIZE}`);
}

function positiveNumber(raw: Record<string, unknown>, field: string, absent: number): number {
  const value = raw[field] ?? absent;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) fail(field, value, 'a positive number');
  return value;
}

function tokenIds(raw: Record<string, unknown>, field: string, vocabSize: number): number[] {
  const value = raw[field];
  if (value === undefined || value === null) return [];
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  for (const id of ids) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) {
      fail(field, value, `token ids below vocab_size (${vocabSize})`);
    }
  }
  return ids as number[];
}
