import { stepAdam } from '@featurescope/tensor';
import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';

/** A ReLU dictionary without biases: f = ReLU(E x), x̂ = Σ f_i d_i. */
export interface PlainL1Parameters {
  /** [nLatents, width] */
  encoder: Float32Array;
  /** [nLatents, width]: row i is d_i. */
  decoder: Float32Array;
}

/** loss = mean over rows of Σe² + λ Σ f_i, where nothing holds ‖d_i‖: the naive form of an L1 autoencoder. rows: [nRows, width].
 *  With G = 2(x̂ − x)/nRows and Δ_i = (G·d_i + λ/nRows) [f_i > 0]: ∂d_i = Σ f_i G, ∂E_i = Σ Δ_i x. Sums in float64. */
export function plainL1Gradients(
  rows: Float32Array,
  { encoder, decoder }: PlainL1Parameters,
  { l1Coefficient, width }: { l1Coefficient: number; width: number },
): { loss: number; mse: number; l1: number; l0: number; gradients: PlainL1Parameters } {
  const nLatents = decoder.length / width;
  const nRows = rows.length / width;
  const [encoderSums, decoderSums] = [new Float64Array(encoder.length), new Float64Array(decoder.length)];
  const acts = new Float64Array(nLatents);
  const error = new Float64Array(width);
  let [squares, sum, nFirings] = [0, 0, 0];
  for (let r = 0; r < nRows; r++) {
    const x = rows.subarray(r * width, (r + 1) * width);
    for (let d = 0; d < width; d++) error[d] = -x[d];
    for (let i = 0; i < nLatents; i++) {
      let pre = 0;
      for (let d = 0; d < width; d++) pre += encoder[i * width + d] * x[d];
      acts[i] = Math.max(0, pre);
      if (pre <= 0) continue;
      sum += pre;
      nFirings++;
      for (let d = 0; d < width; d++) error[d] += pre * decoder[i * width + d];
    }
    for (let d = 0; d < width; d++) squares += error[d] * error[d];
    for (let i = 0; i < nLatents; i++) {
      if (acts[i] <= 0) continue;
      let back = l1Coefficient / nRows;
      for (let d = 0; d < width; d++) {
        const gradient = (2 * error[d]) / nRows;
        back += gradient * decoder[i * width + d];
        decoderSums[i * width + d] += acts[i] * gradient;
      }
      for (let d = 0; d < width; d++) encoderSums[i * width + d] += back * x[d];
    }
  }
  const [mse, l1] = [squares / nRows, sum / nRows];
  return {
    loss: mse + l1Coefficient * l1,
    mse,
    l1,
    l0: nFirings / nRows,
    gradients: { encoder: Float32Array.from(encoderSums), decoder: Float32Array.from(decoderSums) },
  };
}

/** One step's figures. */
export interface PlainL1Step {
  mse: number;
  /** Mean over rows of Σf: what the penalty sees. */
  l1: number;
  l0: number;
  /** Mean over rows of Σ f_i ‖d_i‖: what the penalty means, and what no rescaling changes. */
  scaledL1: number;
  /** Mean ‖d_i‖. */
  meanNorm: number;
}

/** Trains it with the rows of the decoder held at norm 1, or with nothing that holds them: then the loss falls by moving length from the
 *  activations into the decoder, f → f/c and d → c·d, which the penalty rewards though nothing became sparser (Bricken 2023). */
export class PlainL1Trainer {
  readonly isConstrained: boolean;
  private readonly width: number;
  private readonly l1Coefficient: number;
  private readonly encoder: ReturnType<typeof untrained>;
  private readonly decoder: ReturnType<typeof untrained>;
  private nSteps = 0;

  constructor(options: {
    width: number;
    nLatents: number;
    l1Coefficient: number;
    isConstrained: boolean;
    seed: number;
  }) {
    const { width, nLatents, l1Coefficient, isConstrained, seed } = options;
    this.width = width;
    this.l1Coefficient = l1Coefficient;
    this.isConstrained = isConstrained;
    const directions = randomDirections(nLatents, width, Rng.fromSeed(seed, 'plain-l1'));
    this.encoder = untrained(directions);
    this.decoder = untrained(directions.slice());
  }

  step(rows: Float32Array, learningRate = 0.01): PlainL1Step {
    const { width, l1Coefficient } = this;
    const parameters = { encoder: this.encoder.value, decoder: this.decoder.value };
    const { mse, l1, l0, gradients } = plainL1Gradients(rows, parameters, { l1Coefficient, width });
    this.nSteps++;
    const adam = { learningRate, step: this.nSteps, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    if (this.isConstrained) eachRow(gradients.decoder, width, (row, i) => projectOff(row, this.directionOf(i)));
    const norms = Array.from({ length: this.decoder.value.length / width }, (_, i) => normOf(this.directionOf(i)));
    const scaledL1 = this.scaledL1(rows, norms);
    stepAdam(this.encoder, gradients.encoder, adam);
    stepAdam(this.decoder, gradients.decoder, adam);
    if (this.isConstrained) eachRow(this.decoder.value, width, normalise);
    return { mse, l1, l0, scaledL1, meanNorm: norms.reduce((sum, norm) => sum + norm, 0) / norms.length };
  }

  private directionOf(i: number): Float32Array {
    return this.decoder.value.subarray(i * this.width, (i + 1) * this.width);
  }

  private scaledL1(rows: Float32Array, norms: number[]): number {
    const { width } = this;
    let sum = 0;
    for (let at = 0; at < rows.length; at += width) {
      norms.forEach((norm, i) => {
        let pre = 0;
        for (let d = 0; d < width; d++) pre += this.encoder.value[i * width + d] * rows[at + d];
        sum += Math.max(0, pre) * norm;
      });
    }
    return sum / (rows.length / width);
  }
}

function untrained(value: Float32Array) {
  return { value, firstMoment: new Float32Array(value.length), secondMoment: new Float32Array(value.length) };
}

function eachRow(matrix: Float32Array, width: number, change: (row: Float32Array, i: number) => void): void {
  for (let at = 0; at < matrix.length; at += width) change(matrix.subarray(at, at + width), at / width);
}

const normOf = (row: Float32Array) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));

function normalise(row: Float32Array): void {
  const norm = normOf(row);
  if (norm > 0) for (let d = 0; d < row.length; d++) row[d] /= norm;
}

/** Takes from a gradient its part along a unit direction. */
function projectOff(gradient: Float32Array, direction: Float32Array): void {
  let along = 0;
  for (let d = 0; d < gradient.length; d++) along += gradient[d] * direction[d];
  for (let d = 0; d < gradient.length; d++) gradient[d] -= along * direction[d];
}
