import { ModelFormatError } from './errors.ts';
import type { PackedMatrix } from './matrix.ts';

/** Named weights in the layout of a Hugging Face checkpoint, read one at a time, whatever file they come from. */
export interface TensorSource {
  /** What messages call it. */
  readonly file: string;
  readonly entries: { has(name: string): boolean };
  /** One tensor as float32, row-major. Throws ModelFormatError, naming file and tensor, when it is absent, of another
   *  shape, or holds a NaN or an infinity. */
  read(name: string, shape: readonly number[]): Promise<Float32Array>;
  /** A matrix packed as the file has it; null where it has it in more than maxBits bits, or not in rows of blocks. Absent
   *  where no file of the kind has such. Throws as `read` does. */
  readPacked?(name: string, shape: readonly number[], maxBits: PackedMatrix['bits']): Promise<PackedMatrix | null>;
  /** Bytes that the file's tensors take, by the type they are stored in. */
  bytesByType(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Adds up what several tensors take, by type. */
export function sumBytes(tensors: Iterable<readonly [type: string, nBytes: number]>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [type, nBytes] of tensors) sums.set(type, (sums.get(type) ?? 0) + nBytes);
  return sums;
}

/** Throws ModelFormatError unless a tensor is there with the very shape that the configuration needs. */
export function requireShape(
  source: { file: string; tensor: string; stored: readonly number[] | undefined },
  needed: readonly number[],
): void {
  const { file, tensor, stored } = source;
  if (!stored) throw new ModelFormatError(`${file}: tensor "${tensor}" is missing`, { file, tensor });
  if (stored.length === needed.length && stored.every((size, axis) => size === needed[axis])) return;
  throw new ModelFormatError(`${file}: tensor "${tensor}" has shape [${stored}], the configuration needs [${needed}]`, {
    file,
    tensor,
    shape: stored,
    expected: needed,
  });
}

/** Throws ModelFormatError naming the first value that is a NaN or an infinity: such a weight makes every output one. */
export function requireFinite(values: Float32Array, at: { file: string; tensor: string }): void {
  for (let i = 0; i < values.length; i++) {
    // A difference from itself is 0 for every finite number and NaN for every other.
    if (values[i] - values[i] === 0) continue;
    throw new ModelFormatError(
      `${at.file}: tensor "${at.tensor}" holds ${values[i]} at place ${i}; weights must be finite numbers`,
      { ...at, index: i, value: String(values[i]) },
    );
  }
}
