import { basename, dirname, join } from 'node:path';
import { isJsonObject, parseJsonObject, readBoundedFile } from './bounded-file.ts';
import { ModelFormatError } from './errors.ts';
import { refusePickle } from './pickle-refusal.ts';
import { SafetensorsFile } from './safetensors-file.ts';
import { sumBytes, type TensorSource } from './tensor-source.ts';

const MAX_INDEX_BYTES = 32_000_000;
/** Each shard is an open file. The largest models in circulation have fewer than 200. */
const MAX_SHARDS = 512;

/** Safetensors in several files beside each other, with an index that says which tensor is in which
 *  (`model.safetensors.index.json`, its `weight_map`). */
export class ShardedSafetensors implements TensorSource {
  readonly file: string;
  readonly entries: ReadonlyMap<string, SafetensorsFile>;
  readonly #shards: readonly SafetensorsFile[];

  private constructor(file: string, entries: Map<string, SafetensorsFile>, shards: SafetensorsFile[]) {
    this.file = file;
    this.entries = entries;
    this.#shards = shards;
  }

  /** Opens every shard. Throws ModelFormatError naming the index or the shard, and the tensor; a shard's name must be a
   *  plain file name beside the index. */
  static async open(indexPath: string): Promise<ShardedSafetensors> {
    const file = basename(indexPath);
    const index = parseJsonObject(await readBoundedFile(indexPath, MAX_INDEX_BYTES), file);
    const shardOf = parseWeightMap(index.weight_map, file);
    const opened = new Map<string, SafetensorsFile>();
    try {
      const entries = new Map<string, SafetensorsFile>();
      for (const [tensor, shard] of shardOf) {
        const source = opened.get(shard) ?? (await SafetensorsFile.open(join(dirname(indexPath), shard)));
        opened.set(shard, source);
        if (!source.entries.has(tensor)) {
          throw new ModelFormatError(`${shard}: tensor "${tensor}" is missing; ${file} says that it is there`, {
            file: shard,
            tensor,
          });
        }
        entries.set(tensor, source);
      }
      return new ShardedSafetensors(file, entries, [...opened.values()]);
    } catch (error) {
      await Promise.all([...opened.values()].map((shard) => shard.close()));
      throw error;
    }
  }

  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    const shard = this.entries.get(name);
    if (shard) return shard.read(name, shape);
    throw new ModelFormatError(`${this.file}: tensor "${name}" is missing`, { file: this.file, tensor: name });
  }

  bytesByType(): ReadonlyMap<string, number> {
    return sumBytes(this.#shards.flatMap((shard) => [...shard.bytesByType()]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#shards.map((shard) => shard.close()));
  }
}

function parseWeightMap(raw: unknown, file: string): Map<string, string> {
  if (!isJsonObject(raw)) {
    throw new ModelFormatError(`${file}: "weight_map" must be an object of tensor and file names`, { file });
  }
  const shardOf = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(raw)) {
    if (typeof shard === 'string') refusePickle([shard]);
    // No separator, no leading dot, no drive letter: a name that stays in the directory on every system.
    if (typeof shard !== 'string' || !/^[\w-][\w.-]*\.safetensors$/.test(shard)) {
      throw new ModelFormatError(
        `${file}: tensor "${tensor}" is said to be in ${JSON.stringify(shard)}; expected the name of a .safetensors file beside the index`,
        { file, tensor, value: shard },
      );
    }
    shardOf.set(tensor, shard);
  }
  const nShards = new Set(shardOf.values()).size;
  if (nShards > MAX_SHARDS)
    throw new ModelFormatError(`${file} names ${nShards} files; the limit is ${MAX_SHARDS}`, { file });
  return shardOf;
}
