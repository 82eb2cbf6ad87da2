import { kernels, ShapeError, tf } from '@featurescope/tensor';
import type { SaeConfig } from './config.ts';
import { checkWeights, rowNorms, type SaeWeights } from './sae-weights.ts';
import { dropInactive, type SparseActs, sparsify } from './sparse-acts.ts';

/** What inference needs to know of a dictionary; a training configuration is one. */
export type InferenceConfig = Pick<SaeConfig, 'architecture' | 'dModel' | 'nLatents' | 'k' | 'applyBDecToInput'>;

/** Rows that go through the dense pre-activations at a time, which bounds memory at 4 · 2,048 · nLatents bytes. */
const CHUNK_ROWS = 2048;

/** A trained dictionary at work, on raw rows [nRows, dModel]. */
export class SparseAutoencoder {
  readonly config: InferenceConfig;
  readonly weights: SaeWeights;
  /** ‖d_i‖, [nLatents]. */
  readonly decoderNorms: Float32Array;
  private readonly wEnc: tf.Tensor2D;
  private readonly wDec: tf.Tensor2D;
  private readonly bEnc: tf.Tensor1D;
  private readonly bDec: tf.Tensor1D;

  /** weights as `SaeTrainer.weights()` or `fromSaelensDirectory` give them; not copied. Throws ShapeError. */
  constructor(config: InferenceConfig, weights: SaeWeights) {
    checkWeights(weights, config);
    const { architecture, dModel, nLatents, k, applyBDecToInput } = config;
    this.config = { architecture, dModel, nLatents, k, applyBDecToInput };
    this.weights = weights;
    this.decoderNorms = rowNorms(weights.wDec, dModel);
    this.wEnc = tf.tensor2d(weights.wEnc, [dModel, nLatents]);
    this.wDec = tf.tensor2d(weights.wDec, [nLatents, dModel]);
    this.bEnc = tf.tensor1d(weights.bEnc);
    this.bDec = tf.tensor1d(weights.bDec);
  }

  /** x' W_enc + b_enc, [nRows, nLatents]. Mind the size. */
  preActs(rows: Float32Array, nRows: number): Float32Array {
    this.checkRows(rows, nRows);
    return valuesOf(() => this.preActTensor(rows, nRows));
  }

  /** The activations above 0. */
  encodeSparse(rows: Float32Array, nRows: number): SparseActs {
    this.checkRows(rows, nRows);
    const { dModel } = this.config;
    const chunks: SparseActs[] = [];
    for (let start = 0; start < nRows; start += CHUNK_ROWS) {
      const end = Math.min(nRows, start + CHUNK_ROWS);
      chunks.push(this.encodeChunk(rows.subarray(start * dModel, end * dModel), end - start));
    }
    return joinRows(chunks);
  }

  /** Pre-activations [nRows, nLatents] and the activations above 0, from one product. Mind the size. */
  encodeWithPreActs(rows: Float32Array, nRows: number): { preActs: Float32Array; acts: SparseActs } {
    this.checkRows(rows, nRows);
    const pre = tf.tidy(() => this.preActTensor(rows, nRows));
    const result = { preActs: pre.dataSync() as Float32Array, acts: this.select(pre) };
    pre.dispose();
    return result;
  }

  /** Activations of some latents only, [nRows, indices.length]. For topk all latents are encoded, since they compete. */
  encodeFeatures(rows: Float32Array, nRows: number, indices: ArrayLike<number>): Float32Array {
    this.checkRows(rows, nRows);
    this.checkIndices(indices);
    if (this.config.architecture === 'topk') return pickLatents(this.encodeSparse(rows, nRows), indices);
    return valuesOf(() => {
      const columns = tf.tensor1d(Int32Array.from(indices), 'int32');
      const pre = tf.add(
        tf.matMul(this.encoderInput(rows, nRows), tf.gather(this.wEnc, columns, 1)),
        tf.gather(this.bEnc, columns),
      );
      return tf.relu(pre);
    });
  }

  /** f W_dec + b_dec, [nRows, dModel]. */
  decode(acts: SparseActs): Float32Array {
    if (acts.nRows === 0) return new Float32Array(0);
    const { nRows, rowOffsets, indices, values } = acts;
    const matrix = { nRows, nColumns: this.config.nLatents, rowOffsets, columns: indices, values };
    return valuesOf(() => tf.add(kernels().sparseDenseMatMul(matrix, this.wDec), this.bDec));
  }

  dispose(): void {
    tf.dispose([this.wEnc, this.wDec, this.bEnc, this.bDec]);
  }

  private encodeChunk(rows: Float32Array, nRows: number): SparseActs {
    const pre = tf.tidy(() => this.preActTensor(rows, nRows));
    const acts = this.select(pre);
    pre.dispose();
    return acts;
  }

  /** The activation function: pre-activations [nRows, nLatents] → activations above 0. */
  private select(pre: tf.Tensor2D): SparseActs {
    const { architecture, k } = this.config;
    const nRows = pre.shape[0];
    if (architecture === 'standard') return sparsify(pre.dataSync() as Float32Array, nRows);
    const { rowOffsets, columns, values } = kernels().topK(pre, k ?? 0);
    return dropInactive({ nRows, rowOffsets, indices: columns, values });
  }

  private preActTensor(rows: Float32Array, nRows: number): tf.Tensor2D {
    return tf.add<tf.Tensor2D>(tf.matMul(this.encoderInput(rows, nRows), this.wEnc), this.bEnc);
  }

  private encoderInput(rows: Float32Array, nRows: number): tf.Tensor2D {
    const x = tf.tensor2d(rows, [nRows, this.config.dModel]);
    return this.config.applyBDecToInput ? tf.sub(x, this.bDec) : x;
  }

  private checkRows(rows: Float32Array, nRows: number): void {
    const { dModel } = this.config;
    if (rows.length !== nRows * dModel) {
      throw new ShapeError(
        `${nRows} rows of ${dModel} values are ${nRows * dModel} values, but ${rows.length} were given`,
      );
    }
  }

  private checkIndices(indices: ArrayLike<number>): void {
    const { nLatents } = this.config;
    const wrong = Array.from(indices).find((index) => !Number.isInteger(index) || index < 0 || index >= nLatents);
    if (wrong !== undefined)
      throw new ShapeError(`A latent must be an integer from 0 to ${nLatents - 1}, but is ${wrong}`);
  }
}

/** The values of a tensor and nothing left behind. They are read outside the tidy: tf.tidy searches what it returns for tensors,
 *  element by element, which takes longer on a large array than any product. */
function valuesOf(build: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(build);
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}

function joinRows(chunks: SparseActs[]): SparseActs {
  if (chunks.length === 1) return chunks[0];
  const nRows = chunks.reduce((sum, chunk) => sum + chunk.nRows, 0);
  const nEntries = chunks.reduce((sum, chunk) => sum + chunk.indices.length, 0);
  const joined = {
    nRows,
    rowOffsets: new Int32Array(nRows + 1),
    indices: new Int32Array(nEntries),
    values: new Float32Array(nEntries),
  };
  let row = 0;
  let entry = 0;
  for (const chunk of chunks) {
    joined.indices.set(chunk.indices, entry);
    joined.values.set(chunk.values, entry);
    for (let r = 1; r <= chunk.nRows; r++) joined.rowOffsets[row + r] = entry + chunk.rowOffsets[r];
    row += chunk.nRows;
    entry += chunk.indices.length;
  }
  return joined;
}

/** The columns `latents` of sparse activations, dense: [nRows, latents.length]. */
function pickLatents({ nRows, rowOffsets, indices, values }: SparseActs, latents: ArrayLike<number>): Float32Array {
  const columnsOf = new Map<number, number[]>();
  Array.from(latents).forEach((latent, column) => {
    columnsOf.set(latent, [...(columnsOf.get(latent) ?? []), column]);
  });
  const picked = new Float32Array(nRows * latents.length);
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      for (const column of columnsOf.get(indices[e]) ?? []) picked[r * latents.length + column] = values[e];
    }
  }
  return picked;
}
