import { ModelFormatError } from '../errors.ts';
import type { PackedMatrix } from '../matrix.ts';
import { sumBytes, type TensorSource } from '../tensor-source.ts';
import { requireArchitecture } from './architecture.ts';
import { GgufFile } from './gguf-file.ts';
import { metadataReader } from './metadata-reader.ts';
import { type ArchitectureNames, fileName, isKnownFileName } from './tensor-names.ts';
import { type Heads, restoreLayout, restorePackedLayout, storedShape } from './weight-layouts.ts';

/** Frequency factors are part of the configuration, not of a layer's weights. */
const CONFIGURATION_TENSORS = new Set(['rope_freqs.weight', 'rope_factors_long.weight', 'rope_factors_short.weight']);

/** A GGUF file's weights under the names and in the layout of a Hugging Face checkpoint. */
export class GgufTensors implements TensorSource {
  readonly file: string;
  readonly entries: TensorSource['entries'];
  readonly #gguf: GgufFile;
  readonly #names: ArchitectureNames;
  readonly #heads: Heads;

  private constructor(gguf: GgufFile, names: ArchitectureNames, heads: Heads) {
    this.file = gguf.file;
    this.#gguf = gguf;
    this.#names = names;
    this.#heads = heads;
    this.entries = {
      has: (name) => {
        const stored = fileName(names, name);
        return stored !== undefined && gguf.tensors.has(stored.name);
      },
    };
  }

  /** Throws ModelFormatError for an architecture that is not known, and for a weight that it does not have: to leave
   *  one out would run another model than the file's. */
  static async open(path: string): Promise<GgufTensors> {
    const gguf = await GgufFile.open(path);
    try {
      const { name, names } = requireArchitecture(gguf);
      for (const tensor of gguf.tensors.keys()) {
        if (isKnownFileName(names, tensor) || CONFIGURATION_TENSORS.has(tensor)) continue;
        throw new ModelFormatError(
          `${gguf.file}: tensor "${tensor}" is not part of a ${name} model as it is known here`,
          {
            file: gguf.file,
            tensor,
          },
        );
      }
      const metadata = metadataReader(gguf);
      const nHeads = metadata.integer(`${name}.attention.head_count`);
      return new GgufTensors(gguf, names, {
        nHeads,
        nKvHeads: metadata.integer(`${name}.attention.head_count_kv`, nHeads),
      });
    } catch (error) {
      await gguf.close();
      throw error;
    }
  }

  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    const stored = this.#stored(name);
    const values = await this.#gguf.read(stored.name, storedShape(stored.layout, shape));
    return restoreLayout(stored.layout, values, { shape, heads: this.#heads });
  }

  async readPacked(
    name: string,
    shape: readonly number[],
    maxBits: PackedMatrix['bits'],
  ): Promise<PackedMatrix | null> {
    const stored = this.#stored(name);
    const matrix = await this.#gguf.readPacked(stored.name, storedShape(stored.layout, shape), maxBits);
    return matrix && restorePackedLayout(stored.layout, matrix, { shape, heads: this.#heads });
  }

  #stored(name: string): NonNullable<ReturnType<typeof fileName>> {
    const stored = fileName(this.#names, name);
    if (!stored) {
      throw new ModelFormatError(`${this.file} has no tensor for "${name}"`, { file: this.file, tensor: name });
    }
    return stored;
  }

  bytesByType(): ReadonlyMap<string, number> {
    return sumBytes([...this.#gguf.tensors.values()].map(({ type, nBytes }) => [type.name, nBytes]));
  }

  async close(): Promise<void> {
    await this.#gguf.close();
  }
}
