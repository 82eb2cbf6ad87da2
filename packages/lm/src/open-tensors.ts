import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findGguf } from './gguf/find-gguf.ts';
import { GgufTensors } from './gguf/gguf-tensors.ts';
import { refusePickle } from './pickle-refusal.ts';
import { SafetensorsFile } from './safetensors-file.ts';
import { ShardedSafetensors } from './sharded-safetensors.ts';
import type { TensorSource } from './tensor-source.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Opens a model's weights: a GGUF file, or a directory with safetensors in one file or in shards.
 *  Throws ModelFormatError; where there are only pickles, it says how to convert them. */
export async function openTensors(path: string): Promise<TensorSource> {
  refusePickle([path]);
  const gguf = await findGguf(path);
  if (gguf !== null) return GgufTensors.open(gguf);
  const names: string[] = await readdir(path).catch(() => []);
  if (names.includes(SINGLE)) return SafetensorsFile.open(join(path, SINGLE));
  if (names.includes(INDEX)) return ShardedSafetensors.open(join(path, INDEX));
  refusePickle(names);
  // Says that it is missing.
  return SafetensorsFile.open(join(path, SINGLE));
}
