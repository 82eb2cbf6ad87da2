import { stepAdam } from '@featurescope/tensor';
import { SaeConfigError } from '../errors.ts';
import { Rng } from '../rng.ts';

/** The toy model of superposition: n sparse features squeezed through m dimensions and read out again. */
export interface SuperpositionConfig {
  nFeatures: number;
  nDims: number;
  /** Probability that a feature is 0 in an input, 0 ≤ S < 1. */
  sparsity: number;
  /** Importance of feature i is decay^i, 0 < decay ≤ 1. */
  importanceDecay: number;
  /** An active feature is U(leastMagnitude, 1): 0 is the paper's, 1 makes features that are on or off. */
  leastMagnitude: number;
  /** `linear`: x̂ = WᵀW x + b. `relu`: ReLU of that. */
  output: 'linear' | 'relu';
  batchSize: number;
  learningRate: number;
  seed: number;
}

export interface SuperpositionParameters {
  /** [nFeatures, nDims]: row i is W_i, the direction of feature i in the hidden space. */
  weights: Float32Array;
  /** [nFeatures] */
  bias: Float32Array;
}

/** Mean loss over the rows and its gradients. inputs: [nRows, nFeatures]. importance: [nFeatures].
 *  h = Σ_i x_i W_i, x̂_j = W_j·h + b_j (then ReLU, whose gradient at 0 is 0); loss = mean over rows of Σ_j I_j (x_j − x̂_j)².
 *  With δ_j = 2 I_j (x̂_j − x_j) [x̂_j > 0] / nRows and g = Σ_j δ_j W_j: ∂b_j = Σ δ_j, ∂W_i = Σ (δ_i h + x_i g).
 *  Sums in float64, gradients rounded to float32. Source: Elhage et al. 2022, "Demonstrating Superposition". */
export function superpositionGradients(
  inputs: Float32Array,
  { weights, bias }: SuperpositionParameters,
  { importance, output }: { importance: Float64Array; output: 'linear' | 'relu' },
): { loss: number; weights: Float32Array; bias: Float32Array } {
  const n = bias.length;
  const m = weights.length / n;
  const nRows = inputs.length / n;
  const weightSums = new Float64Array(weights.length);
  const biasSums = new Float64Array(n);
  const hidden = new Float64Array(m);
  const back = new Float64Array(m);
  let loss = 0;
  for (let r = 0; r < nRows; r++) {
    const at = r * n;
    hidden.fill(0);
    back.fill(0);
    // Most inputs are 0: only the active features are written.
    for (let i = 0; i < n; i++) {
      const x = inputs[at + i];
      if (x !== 0) for (let d = 0; d < m; d++) hidden[d] += x * weights[i * m + d];
    }
    for (let j = 0; j < n; j++) {
      let pre = bias[j];
      for (let d = 0; d < m; d++) pre += weights[j * m + d] * hidden[d];
      const isOpen = output === 'linear' || pre > 0;
      const error = (isOpen ? pre : 0) - inputs[at + j];
      loss += importance[j] * error * error;
      if (!isOpen) continue;
      const delta = (2 * importance[j] * error) / nRows;
      biasSums[j] += delta;
      for (let d = 0; d < m; d++) {
        weightSums[j * m + d] += delta * hidden[d];
        back[d] += delta * weights[j * m + d];
      }
    }
    for (let i = 0; i < n; i++) {
      const x = inputs[at + i];
      if (x !== 0) for (let d = 0; d < m; d++) weightSums[i * m + d] += x * back[d];
    }
  }
  return { loss: loss / nRows, weights: Float32Array.from(weightSums), bias: Float32Array.from(biasSums) };
}

/** Steps to a model that has come to rest, and what they are taken with. */
export const SUPERPOSITION_STEPS = 4000;
export const superpositionTraining = { batchSize: 256, learningRate: 0.01 } as const;

/** Full steps in the first half, then smaller and smaller ones, so that the directions come to rest. */
export const stepSize = (done: number, of: number) =>
  superpositionTraining.learningRate * Math.min(1, Math.max(0.01, 2 * (1 - done / of)));

/** Trains the toy model, a fresh batch at each step. Plain loops: a model of a few hundred weights costs less than a tensor call. */
export class SuperpositionModel {
  readonly config: SuperpositionConfig;
  readonly importance: Float64Array;
  private readonly rng: Rng;
  private readonly weights: ReturnType<typeof untrained>;
  private readonly bias: ReturnType<typeof untrained>;
  private nSteps = 0;
  private sparsity: number;

  /** Weights start as Xavier's normal, W ~ N(0, 2/(n + m)); biases at 0. Throws SaeConfigError. */
  constructor(config: SuperpositionConfig) {
    checkSuperposition(config);
    const { nFeatures, nDims, importanceDecay, seed } = config;
    this.config = config;
    this.sparsity = config.sparsity;
    this.importance = Float64Array.from({ length: nFeatures }, (_, i) => importanceDecay ** i);
    this.rng = Rng.fromSeed(seed, 'superposition');
    const deviation = Math.sqrt(2 / (nFeatures + nDims));
    this.weights = untrained(new Float32Array(nFeatures * nDims).map(() => deviation * this.rng.normal()));
    this.bias = untrained(new Float32Array(nFeatures));
  }

  get stepsDone(): number {
    return this.nSteps;
  }

  /** The parameters themselves: read, do not write. */
  get parameters(): SuperpositionParameters {
    return { weights: this.weights.value, bias: this.bias.value };
  }

  /** Other inputs from the next step on, with the weights as they are. */
  setSparsity(sparsity: number): void {
    checkSuperposition({ ...this.config, sparsity });
    this.sparsity = sparsity;
  }

  /** Rows of the model's inputs: each value 0 with probability S, else U(leastMagnitude, 1). */
  drawInputs(nRows: number): Float32Array {
    const inputs = new Float32Array(nRows * this.config.nFeatures);
    const least = this.config.leastMagnitude;
    for (let at = 0; at < inputs.length; at++)
      if (this.rng.float() >= this.sparsity) inputs[at] = least + (1 - least) * this.rng.float();
    return inputs;
  }

  /** One Adam step (β .9 / .999); returns the loss before it. */
  step(learningRate = this.config.learningRate): number {
    const { batchSize, output } = this.config;
    const { importance } = this;
    const gradients = superpositionGradients(this.drawInputs(batchSize), this.parameters, { importance, output });
    this.nSteps++;
    const adam = { learningRate, step: this.nSteps, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    stepAdam(this.weights, gradients.weights, adam);
    stepAdam(this.bias, gradients.bias, adam);
    return gradients.loss;
  }
}

function untrained(value: Float32Array) {
  return { value, firstMoment: new Float32Array(value.length), secondMoment: new Float32Array(value.length) };
}

function checkSuperposition(config: SuperpositionConfig): void {
  for (const name of ['nFeatures', 'nDims', 'batchSize'] as const) {
    if (!Number.isInteger(config[name]) || config[name] < 1)
      throw new SaeConfigError(`${name} must be an integer of at least 1, but is ${config[name]}`);
  }
  if (!(config.sparsity >= 0 && config.sparsity < 1))
    throw new SaeConfigError(`sparsity must be from 0 to less than 1, but is ${config.sparsity}`);
  if (!(config.leastMagnitude >= 0 && config.leastMagnitude <= 1))
    throw new SaeConfigError(`leastMagnitude must be from 0 to 1, but is ${config.leastMagnitude}`);
  if (!(config.importanceDecay > 0 && config.importanceDecay <= 1))
    throw new SaeConfigError(`importanceDecay must be more than 0 and at most 1, but is ${config.importanceDecay}`);
  if (!(config.learningRate > 0))
    throw new SaeConfigError(`learningRate must be more than 0, but is ${config.learningRate}`);
}
