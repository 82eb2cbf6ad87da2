import type { NormKind } from './architectures/architecture.ts';
import { ModelFormatError } from './errors.ts';
import { concatenate, type Matrix, type PackedMatrix, sliceRows, stackRows } from './matrix.ts';
import type { TensorSource } from './tensor-source.ts';

/** x · weightᵀ + bias. weight: [rows, columns]; bias: [rows]. */
export interface Linear {
  rows: number;
  columns: number;
  weight: Matrix;
  bias?: Float32Array;
}

/** What a normed value is multiplied by and, in LayerNorm, moved by. */
export interface NormWeights {
  gain: Float32Array;
  bias?: Float32Array;
}

interface LinearOptions {
  columns: number;
  bias?: boolean;
}

interface ReaderOptions {
  /** Stands before every name. */
  prefix: string;
  /** May be missing from the beginning of the names in a file. */
  optionalPrefix?: string;
  /** Matrices are stored [columns, rows]. */
  transposed?: boolean;
  /** Matrices stay packed in at most so many bits where the file has them so; 0: all are expanded. */
  packedBits?: 0 | PackedMatrix['bits'];
}

/** Reads layers by the names that an architecture gives them. */
export class TensorReader {
  readonly #source: TensorSource;
  readonly #options: ReaderOptions;

  constructor(source: TensorSource, options: ReaderOptions) {
    this.#source = source;
    this.#options = options;
  }

  values(name: string, shape: readonly number[]): Promise<Float32Array> {
    return this.#source.read(this.#storedName(name), shape);
  }

  /** Packed where that is wanted and the file has it so. */
  async matrix(name: string, shape: readonly [number, number]): Promise<Matrix> {
    const { packedBits = 0 } = this.#options;
    const packed = packedBits ? await this.#source.readPacked?.(this.#storedName(name), shape, packedBits) : null;
    return packed ?? this.values(name, shape);
  }

  async norm(name: string, size: number, { kind, gainOffset }: NormKind): Promise<NormWeights> {
    const gain = await this.values(`${name}.weight`, [size]);
    if (gainOffset) for (let i = 0; i < size; i++) gain[i] += gainOffset;
    return kind === 'layer' ? { gain, bias: await this.values(`${name}.bias`, [size]) } : { gain };
  }

  /** Throws ModelFormatError, too, for a bias in the file that the configuration does not speak of. */
  async linear(name: string, rows: number, { columns, bias = false }: LinearOptions): Promise<Linear> {
    const biasName = `${name}.bias`;
    if (!bias && this.#source.entries.has(this.#storedName(biasName))) {
      const tensor = this.#storedName(biasName);
      throw new ModelFormatError(`${this.#source.file}: tensor "${tensor}" is there, the configuration has no bias`, {
        file: this.#source.file,
        tensor,
      });
    }
    const weight = this.#options.transposed
      ? transpose(await this.values(`${name}.weight`, [columns, rows]), rows, columns)
      : await this.matrix(`${name}.weight`, [rows, columns]);
    return { rows, columns, weight, ...(bias && { bias: await this.values(biasName, [rows]) }) };
  }

  /** Several matrices one under the other; a single name is one that is stored so. */
  async stacked(names: readonly string[], rows: readonly number[], options: LinearOptions): Promise<Linear> {
    if (names.length === 1) return this.linear(names[0], sum(rows), options);
    const parts = await this.split(names, rows, options);
    return {
      rows: sum(rows),
      columns: options.columns,
      weight: stackRows(parts.map(({ weight }) => weight)),
      ...(options.bias && { bias: concatenate(parts.map(({ bias }) => bias as Float32Array)) }),
    };
  }

  /** Several matrices, each for itself; a single name is one that holds all of them one under the other. */
  async split(names: readonly string[], rows: readonly number[], options: LinearOptions): Promise<Linear[]> {
    if (names.length < rows.length) return rowsOf(await this.linear(names[0], sum(rows), options), rows);
    const parts: Linear[] = [];
    for (const [i, nRows] of rows.entries()) parts.push(await this.linear(names[i], nRows, options));
    return parts;
  }

  #storedName(name: string): string {
    const full = this.#options.prefix + name;
    const { optionalPrefix } = this.#options;
    if (!optionalPrefix || this.#source.entries.has(full) || !full.startsWith(optionalPrefix)) return full;
    const short = full.slice(optionalPrefix.length);
    return this.#source.entries.has(short) ? short : full;
  }
}

/** A matrix cut into matrices of so many rows: views, nothing is copied. */
export function rowsOf({ weight, rows: nRows, columns, bias }: Linear, sizes: readonly number[]): Linear[] {
  let begin = 0;
  return sizes.map((rows) => {
    const end = begin + rows;
    const ownBias = bias && { bias: bias.subarray(begin, end) };
    const part = { rows, columns, weight: sliceRows(weight, nRows, [begin, end]), ...ownBias };
    begin = end;
    return part;
  });
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

/** [columns, rows] → [rows, columns]. */
function transpose(stored: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(stored.length);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) result[row * columns + column] = stored[column * rows + row];
  }
  return result;
}
