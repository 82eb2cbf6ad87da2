import { kernels, ShapeError, tf } from '@featurescope/tensor';
import { checkInference } from './check-inference.ts';
import type { InferenceConfig } from './inference-config.ts';
import { denormalizeRows, normalizeRows, rowScales } from './input-norm.ts';
import { pursue } from './matching-pursuit.ts';
import { NonNegativeEncoder } from './non-negative-encoder.ts';
import { PreActivations } from './pre-activations.ts';
import { rowNorms, type SaeWeights } from './sae-weights.ts';
import { joinRows, keepActive, pickLatents, type SparseActs, sparsify } from './sparse-acts.ts';

/** Rows that go through the dense pre-activations at a time, which bounds memory at 4 · 2,048 · nLatents bytes. */
const CHUNK_ROWS = 2048;

/** A trained dictionary of any architecture at work, on raw rows [nRows, dModel]. */
export class SparseAutoencoder {
  readonly config: InferenceConfig;
  readonly weights: SaeWeights;
  /** ‖d_i‖, [nLatents]. */
  readonly decoderNorms: Float32Array;
  /** Values of a decoded row: dModel, or what a transcoder writes. */
  readonly dOut: number;
  private readonly wEnc: tf.Tensor2D;
  private readonly wDec: tf.Tensor2D;
  private readonly bEnc: tf.Tensor1D;
  private readonly bDec: tf.Tensor1D;
  /** θ of jumprelu. */
  private readonly threshold: tf.Tensor1D | null;
  /** The magnitudes of gated are scale · π + shift. */
  private readonly magnitude: { scale: tf.Tensor1D; shift: tf.Tensor1D } | null;
  /** Of nmf. */
  private readonly nonNegative: NonNegativeEncoder | null;

  /** weights as `SaeTrainer.weights()` or a reader gives them; not copied. Throws SaeConfigError and ShapeError. */
  constructor(config: InferenceConfig, weights: SaeWeights) {
    checkInference(config, weights);
    const { architecture, dModel, nLatents, k, applyBDecToInput } = config;
    const { inputNorm, concatenatedHeads, transcoder, pursuit } = config;
    this.config = {
      architecture,
      dModel,
      nLatents,
      k,
      applyBDecToInput,
      inputNorm,
      concatenatedHeads,
      transcoder,
      pursuit,
    };
    this.weights = weights;
    this.dOut = transcoder?.dOut ?? dModel;
    this.decoderNorms = rowNorms(weights.wDec, this.dOut);
    this.wEnc = tf.tensor2d(weights.wEnc, [dModel, nLatents]);
    this.wDec = tf.tensor2d(weights.wDec, [nLatents, this.dOut]);
    this.bEnc = tf.tensor1d(weights.bEnc);
    this.bDec = tf.tensor1d(weights.bDec);
    this.threshold = weights.threshold ? tf.tensor1d(weights.threshold) : null;
    this.magnitude = magnitudeOf(weights);
    this.nonNegative = architecture === 'nmf' ? new NonNegativeEncoder(weights, config) : null;
  }

  /** x' W_enc + b_enc, [nRows, nLatents]; gated: the gate's. Mind the size. */
  preActs(rows: Float32Array, nRows: number): Float32Array {
    this.checkRows(rows, nRows);
    return valuesOf(() => this.preActTensor(rows, nRows));
  }

  /** The activations that are not 0. */
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

  /** Pre-activations, to be disposed, and the activations that are not 0, from one product. Mind the size. */
  encodeWithPreActs(rows: Float32Array, nRows: number): { preActs: PreActivations; acts: SparseActs } {
    this.checkRows(rows, nRows);
    const pre = tf.tidy(() => this.preActTensor(rows, nRows));
    const needsRows = this.config.architecture === 'matching_pursuit' || this.nonNegative !== null;
    const acts = needsRows ? this.encodeSparse(rows, nRows) : this.select(pre);
    return { preActs: new PreActivations(pre), acts };
  }

  /** Activations of some latents only, [nRows, indices.length]. Where latents compete, all of them are encoded. */
  encodeFeatures(rows: Float32Array, nRows: number, indices: ArrayLike<number>): Float32Array {
    this.checkRows(rows, nRows);
    this.checkIndices(indices);
    const { architecture } = this.config;
    const compete = architecture === 'topk' || architecture === 'abstopk' || architecture === 'matching_pursuit';
    if (compete || this.nonNegative) return pickLatents(this.encodeSparse(rows, nRows), indices);
    return valuesOf(() => {
      const columns = tf.tensor1d(Int32Array.from(indices), 'int32');
      const take = <T extends tf.Tensor1D>(values: T) => tf.gather(values, columns) as tf.Tensor1D;
      const pre = tf.add(
        tf.matMul(this.encoderInput(rows, nRows), tf.gather(this.wEnc, columns, 1)),
        take(this.bEnc),
      ) as tf.Tensor2D;
      return this.activate(pre, take);
    });
  }

  /** f W_dec + b_dec, [nRows, dOut], in the units of the input. rows: what was encoded; needed where the dictionary normalises
   *  its input. A transcoder's skip connection is not in it. Throws ShapeError without the rows it needs. */
  decode(acts: SparseActs, rows?: Float32Array): Float32Array {
    if (acts.nRows === 0) return new Float32Array(0);
    const { nLatents, dModel, inputNorm = 'none', transcoder, architecture, applyBDecToInput } = this.config;
    const { nRows, rowOffsets, indices, values } = acts;
    const matrix = { nRows, nColumns: nLatents, rowOffsets, columns: indices, values };
    // Matching pursuit has one bias, taken off before and put back after, or neither.
    const hasBias = architecture !== 'matching_pursuit' || applyBDecToInput;
    const decoded = valuesOf(() => {
      const product = kernels().sparseDenseMatMul(matrix, this.wDec);
      return hasBias ? tf.add(product, this.bDec) : product;
    });
    return transcoder ? decoded : denormalizeRows(decoded, rows, { dModel, norm: inputNorm });
  }

  /** What the dictionary makes of rows, [nRows, dOut]: encoded, decoded, and the skip connection added where there is one. */
  reconstruct(rows: Float32Array, nRows: number): Float32Array {
    const decoded = this.decode(this.encodeSparse(rows, nRows), rows);
    const { wSkip } = this.weights;
    if (!wSkip || nRows === 0) return decoded;
    const { dModel } = this.config;
    return valuesOf(() =>
      tf.add(
        tf.tensor2d(decoded, [nRows, this.dOut]),
        tf.matMul(tf.tensor2d(rows, [nRows, dModel]), tf.tensor2d(wSkip, [dModel, this.dOut])),
      ),
    );
  }

  /** How far a unit of activation moves each row, in the row's own units, [nRows]; null where that is 1: only a dictionary that
   *  normalises its input works in other units. */
  rowScales(rows: Float32Array, nRows: number): Float32Array | null {
    this.checkRows(rows, nRows);
    const { inputNorm = 'none', dModel } = this.config;
    return inputNorm === 'none' ? null : rowScales(rows, dModel, inputNorm);
  }

  dispose(): void {
    tf.dispose([this.wEnc, this.wDec, this.bEnc, this.bDec]);
    if (this.threshold) this.threshold.dispose();
    if (this.magnitude) tf.dispose([this.magnitude.scale, this.magnitude.shift]);
    this.nonNegative?.dispose();
  }

  private encodeChunk(rows: Float32Array, nRows: number): SparseActs {
    const { architecture, nLatents, pursuit } = this.config;
    if (this.nonNegative) return sparsify(this.nonNegative.encode(this.nonNegativeInput(rows)), nRows);
    if (architecture === 'matching_pursuit' && pursuit) {
      const input = valuesOf(() => this.encoderInput(rows, nRows));
      return sparsify(pursue(input, { wEnc: this.wEnc, wDec: this.weights.wDec, nLatents, pursuit }), nRows);
    }
    const pre = tf.tidy(() => this.preActTensor(rows, nRows));
    const acts = this.select(pre);
    pre.dispose();
    return acts;
  }

  /** The activation function: pre-activations [nRows, nLatents] → activations that are not 0. */
  private select(pre: tf.Tensor2D): SparseActs {
    const { architecture, k = 0 } = this.config;
    const nRows = pre.shape[0];
    if (architecture === 'topk') {
      const { rowOffsets, columns, values } = kernels().topK(pre, k);
      return keepActive({ nRows, rowOffsets, indices: columns, values }, (value) => value > 0);
    }
    if (architecture === 'abstopk') return selectByMagnitude(pre, k);
    if (architecture === 'standard') return sparsify(pre.dataSync() as Float32Array, nRows);
    return sparsify(
      valuesOf(() => this.activate(pre, (values) => values)),
      nRows,
    );
  }

  /** Activations of the architectures whose latents do not compete. `take` picks the latents that pre has from a vector of all. */
  private activate(pre: tf.Tensor2D, take: (values: tf.Tensor1D) => tf.Tensor1D): tf.Tensor2D {
    const acts = (values: tf.Tensor, isOpen: tf.Tensor) => tf.mul(tf.relu(values), tf.cast(isOpen, 'float32'));
    if (this.threshold) return acts(pre, tf.greater(pre, take(this.threshold))) as tf.Tensor2D;
    if (this.magnitude) {
      const magnitudes = tf.add(tf.mul(pre, take(this.magnitude.scale)), take(this.magnitude.shift));
      return acts(magnitudes, tf.greater(pre, 0)) as tf.Tensor2D;
    }
    return tf.relu(pre);
  }

  private preActTensor(rows: Float32Array, nRows: number): tf.Tensor2D {
    if (this.nonNegative) return this.nonNegative.drive(this.nonNegativeInput(rows));
    return tf.add<tf.Tensor2D>(tf.matMul(this.encoderInput(rows, nRows), this.wEnc), this.bEnc);
  }

  private encoderInput(rows: Float32Array, nRows: number): tf.Tensor2D {
    const { dModel, inputNorm = 'none', applyBDecToInput } = this.config;
    const x = tf.tensor2d(normalizeRows(rows, dModel, inputNorm), [nRows, dModel]);
    return applyBDecToInput ? tf.sub(x, this.bDec) : x;
  }

  private nonNegativeInput(rows: Float32Array): Float32Array {
    const { dModel, inputNorm = 'none' } = this.config;
    return normalizeRows(rows, dModel, inputNorm);
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

/** exp(r_mag) · (π − b_gate) + b_mag as scale · π + shift, so that one product serves gate and magnitude. */
function magnitudeOf({ rMag, bMag, bEnc }: SaeWeights): { scale: tf.Tensor1D; shift: tf.Tensor1D } | null {
  if (!rMag || !bMag) return null;
  return {
    scale: tf.tensor1d(rMag.map(Math.exp)),
    shift: tf.tensor1d(bMag.map((bias, i) => bias - Math.exp(rMag[i]) * bEnc[i])),
  };
}

/** The k pre-activations of largest magnitude of each row, with their signs. */
function selectByMagnitude(pre: tf.Tensor2D, k: number): SparseActs {
  const [nRows, nLatents] = pre.shape;
  const magnitudes = tf.abs(pre);
  const { rowOffsets, columns } = kernels().topK(magnitudes, k);
  magnitudes.dispose();
  const dense = pre.dataSync();
  const values = Float32Array.from(columns, (column, e) => dense[Math.floor(e / k) * nLatents + column]);
  return keepActive({ nRows, rowOffsets, indices: columns, values }, (value) => value !== 0);
}

/** The values of a tensor and nothing left behind. They are read outside the tidy: tf.tidy searches what it returns for tensors,
 *  element by element, which takes longer on a large array than any product. */
function valuesOf(build: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(build);
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}
