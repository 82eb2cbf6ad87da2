import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelContents } from '@featurescope/db';
import { readGgufLicence, readModelConfig, readWeightTypes } from '@featurescope/lm/config';
import { loadTokenizer } from '@featurescope/lm/tokenizer';
import { AppError } from '../../app-error.ts';
import { isUnderRoots, type ModelLocation } from './model-roots.ts';

export interface ModelFile {
  name: string;
  sizeBytes: number;
  mtimeMs: number;
}

export const maxDescriptionBytes = 1_000_000;
/** Files that a directory must have, and those that are read where they are. */
export const needed = ['config.json', 'tokenizer.json'];
export const describing = [...needed, 'tokenizer_config.json', 'README.md'];
export const singleFile = 'model.safetensors';
export const shardIndex = 'model.safetensors.index.json';
export const maxIndexBytes = 32_000_000;

/** The files that make up a model. Throws AppError model_invalid when one is missing or is a link that leads out of `roots`. */
export async function listModelFiles(location: ModelLocation, roots: string[]): Promise<ModelFile[]> {
  if (location.kind === 'gguf') return [await describeFile(location.path, roots)];
  const names = (await readdir(location.path)).sort();
  const missing = needed.find((name) => !names.includes(name));
  if (missing)
    throw invalid(`${location.path} has no ${missing}. Add a directory as transformers' save_pretrained writes it.`);
  const describe = (name: string) => describeFile(path.join(location.path, name), roots);
  const weights = names.includes(singleFile)
    ? [singleFile]
    : names.includes(shardIndex)
      ? [shardIndex, ...(await readShardNames(location.path, await describe(shardIndex)))]
      : null;
  if (weights === null) throw invalid(noWeights(location.path, names));
  return Promise.all([...names.filter((name) => describing.includes(name)), ...weights].map(describe));
}

/** The files that a `weight_map` names, in order, each once. */
async function readShardNames(directory: string, { name, sizeBytes }: ModelFile): Promise<string[]> {
  if (sizeBytes > maxIndexBytes) throw invalid(`${name} has ${sizeBytes} bytes; at most ${maxIndexBytes} are read.`);
  return shardNames(await readFile(path.join(directory, name), 'utf8'));
}

/** The files that the text of an index names. Throws AppError model_invalid for a name that is more than a plain file's. */
export function shardNames(index: string): string[] {
  let weightMap: unknown;
  try {
    weightMap = (JSON.parse(index) as { weight_map?: unknown } | null)?.weight_map;
  } catch (error) {
    throw invalid(`${shardIndex} is not JSON (${(error as Error).message}). Get the file again.`);
  }
  const shards = [...new Set(Object.values(weightMap ?? {}))].sort();
  const odd = shards.find((shard) => typeof shard !== 'string' || !/^[\w-][\w.-]*\.safetensors$/.test(shard));
  if (odd !== undefined || shards.length === 0)
    throw invalid(
      `${shardIndex}: "weight_map" names ${odd === undefined ? 'no file' : JSON.stringify(odd)}; expected names of .safetensors files beside it. Get the model again.`,
    );
  return shards as string[];
}

/** Why a model without safetensors cannot be used, given the names of its files. */
export function noWeights(where: string, names: string[]): string {
  const pickle = names.find((name) => /\.(bin|pt|pth|ckpt)$/.test(name) && name !== 'training_args.bin');
  if (pickle)
    return `${where} has its weights as a Python pickle (${pickle}), which can run any code when it is opened, so it never is. Convert it where you trust it: load it with transformers and call save_pretrained.`;
  const gguf = names.find((name) => name.endsWith('.gguf'));
  if (gguf)
    return `${where} has no model.safetensors. Add ${gguf} as a GGUF file: of a model root with kind "gguf", of the hub with its name as source.path.`;
  return `${where} has no model.safetensors. Add a model with its weights in safetensors or GGUF.`;
}

async function describeFile(file: string, roots: string[]): Promise<ModelFile> {
  const real = await realpath(file).catch(() => null);
  const name = path.basename(file);
  if (real === null || !(await isUnderRoots(real, roots)))
    throw invalid(
      `${name} is a link that leads out of the model roots (${roots.join(', ')}). Put the file itself there.`,
    );
  const info = await stat(real);
  if (!info.isFile()) throw invalid(`${file} is not a regular file. Put the file itself there.`);
  return { name, sizeBytes: info.size, mtimeMs: info.mtimeMs };
}

/** Changes whenever a file of the model does: cheap to compare, unlike hashing gigabytes. */
export function stampOf(files: ModelFile[]): string {
  return files.map(({ name, sizeBytes, mtimeMs }) => `${name} ${sizeBytes} ${mtimeMs}`).join('\n');
}

export interface ReadOptions {
  signal?: AbortSignal;
  /** Told of each piece of the weights that was read. */
  onBytes?: (nBytes: number) => void;
}

/** Reads everything that identifies a model, its weights once. Throws ModelFormatError for a model that cannot be run,
 *  naming file and field. */
export async function readModelContents(
  location: ModelLocation,
  files: ModelFile[],
  options: ReadOptions = {},
): Promise<ModelContents> {
  const config = await readModelConfig(location.path);
  const { hash: tokenizerHash } = await loadTokenizer(location.path);
  return {
    config,
    tokenizerHash,
    licence: await readLicence(location, files),
    dtype: (await readWeightTypes(location.path)).join(', '),
    weightsHash: await hashWeights(weightPaths(location, files), options),
    stamp: stampOf(files),
  };
}

function weightPaths(location: ModelLocation, files: ModelFile[]): string[] {
  if (location.kind === 'gguf') return [location.path];
  return files.filter(({ name }) => name.endsWith('.safetensors')).map(({ name }) => path.join(location.path, name));
}

/** sha256 over the files, one after the other. */
async function hashWeights(paths: string[], { signal, onBytes }: ReadOptions): Promise<string> {
  const hash = createHash('sha256');
  for (const file of paths)
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk);
      onBytes?.(chunk.length);
    }
  return hash.digest('hex');
}

/** What config.json says of the weights' type, for weights that are not here yet. Throws AppError model_invalid for ones
 *  quantised in a way that only the library that made them reads. */
export async function readDeclaredDtype(directory: string): Promise<string | null> {
  const file = path.join(directory, 'config.json');
  if ((await stat(file)).size > maxDescriptionBytes) return null;
  const raw = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const quantisation = raw.quantization_config as { quant_method?: unknown } | undefined | null;
  if (quantisation)
    throw invalid(
      `config.json: "quantization_config" is ${JSON.stringify(quantisation.quant_method ?? quantisation).slice(0, 80)}, which is not read. Use the model's original weights, or a GGUF file.`,
    );
  const dtype = raw.dtype ?? raw.torch_dtype;
  return typeof dtype === 'string' ? (tensorTypes[dtype] ?? dtype) : null;
}

const tensorTypes: Record<string, string> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };

/** `license:` of the model card's front matter, or what a GGUF file says. */
export async function readLicence({ kind, path: where }: ModelLocation, files: ModelFile[]): Promise<string | null> {
  const card = files.find(({ name }) => name === 'README.md');
  if (kind === 'gguf') return readGgufLicence(where);
  if (card === undefined || card.sizeBytes > maxDescriptionBytes) return null;
  const text = await readFile(path.join(where, card.name), 'utf8');
  const frontMatter = /^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? '';
  return /^license:\s*["']?([\w .+-]+?)["']?\s*$/m.exec(frontMatter)?.[1] ?? null;
}

export const invalid = (message: string) => new AppError('model_invalid', message, { field: 'source' });
