import { type AdamParameter, kernels, ShapeError, tf } from '@featurescope/tensor';
import { architectures, parameterNamesOf } from './architectures/index.ts';
import { calibratedThreshold, type ThresholdCalibration } from './calibration.ts';
import { resolveTrainingConfig } from './config.ts';
import { DeadLatents } from './dead-latents.ts';
import { projectOffRows, unitRows } from './decoder-constraint.ts';
import { DivergenceError, SaeConfigError } from './errors.ts';
import type { BatchOutcome } from './gradients/batch-outcome.ts';
import { clipGradients, globalNorm } from './gradients/clipping.ts';
import type { InferenceConfig } from './inference-config.ts';
import { inferenceWeights } from './inference-weights.ts';
import { initialState } from './initial-state.ts';
import {
  type ParameterName,
  type ParameterTensors,
  type PerParameter,
  parameterShape,
  perParameter,
} from './parameters.ts';
import { drawByLossSquared, ResampleBuffer, resampleLatents } from './resampling.ts';
import { Rng } from './rng.ts';
import { standardRowLosses } from './row-losses.ts';
import type { SaeWeights } from './sae-weights.ts';
import { learningRateAt, sparsityCoefficientAt } from './schedule.ts';
import { atOnce, type Stepwise } from './stepwise.ts';
import type { TrainerState } from './trainer-state.ts';
import type { TrainingConfig, TrainingConfigInput } from './training-config.ts';

/** A step's figures; conventions as in `BatchOutcome`. */
export interface StepMetrics {
  /** Counted from 1. */
  step: number;
  loss: number;
  mse: number;
  fvu: number;
  l0: number;
  l1: number;
  auxLoss: number;
  /** nDead / nLatents. */
  deadShare: number;
  /** Latents silent for `deadAfterTokens` training rows. */
  nDead: number;
  /** Global norm of the gradients before clipping. */
  gradNorm: number;
  learningRate: number;
}

/** An FVU this many times the first step's (or 1, if larger) is an explosion. */
const EXPLOSION_FACTOR = 10;

/** Share of the newest batch in the running mean that θ of batchtopk is (SAELens' `topk_threshold_lr`). */
const THRESHOLD_RATE = 0.01;

/** Trains one dictionary, a batch of rows at a time, on the running tensor backend. The same rows in the same order give the
 *  same weights, whether or not the trainer was stored and restored in between. */
export class SaeTrainer {
  readonly config: TrainingConfig;
  /** Rows are multiplied by this before anything else. */
  readonly scale: number;
  private readonly names: ParameterName[];
  private readonly parameters: PerParameter<AdamParameter>;
  private readonly deadLatents: DeadLatents;
  private readonly resampleBuffer: ResampleBuffer;
  private readonly rng: Rng;
  private nStepsDone: number;
  private firstFvu: number | null;
  private threshold: number;

  private constructor(state: TrainerState) {
    this.config = state.config;
    this.scale = state.scale;
    this.nStepsDone = state.step;
    this.firstFvu = state.firstFvu;
    this.threshold = state.batchThreshold;
    this.names = parameterNamesOf(state.config);
    this.rng = Rng.fromState(state.rng);
    this.deadLatents = new DeadLatents(state.tokensSinceFired, state.config.deadAfterTokens);
    this.resampleBuffer = new ResampleBuffer(state.resampleRows);
    this.parameters = createParameters(state);
  }

  /** A new dictionary. firstRows: [n, dModel] raw rows, n ≥ 1, on which the input scale and b_dec's start are measured.
   *  Throws SaeConfigError, ShapeError. */
  static create(input: TrainingConfigInput, firstRows: Float32Array): SaeTrainer {
    return new SaeTrainer(initialState(resolveTrainingConfig(input), firstRows));
  }

  /** Continues bit for bit where `state()` was taken; takes copies. */
  static restore(state: TrainerState): SaeTrainer {
    return new SaeTrainer(state);
  }

  /** Steps done so far. */
  get stepsDone(): number {
    return this.nStepsDone;
  }

  /** One optimiser step. rows: [batchSize, dModel], raw. Throws ShapeError; DivergenceError, with the weights as before the step. */
  step(rows: Float32Array): StepMetrics {
    const { batchSize, dModel, nLatents } = this.config;
    checkRows(rows, batchSize, dModel);
    const step = this.nStepsDone + 1;
    const outcome = this.computeBatch(rows);
    try {
      this.checkDivergence(step, outcome);
      const gradNorm = this.prepareGradients(step, outcome);
      const learningRate = learningRateAt(this.nStepsDone, this.config);
      this.updateParameters(step, outcome.gradients, learningRate);
      this.nStepsDone = step;
      if (outcome.smallestAct != null && architectures[this.config.architecture].hasBatchThreshold)
        this.threshold = (1 - THRESHOLD_RATE) * this.threshold + THRESHOLD_RATE * outcome.smallestAct;
      this.deadLatents.update(outcome.fired, batchSize);
      this.resampleBuffer.collect(step, rows, this.config);
      if (this.config.resampleSteps.includes(step)) this.resample();
      const nDead = this.deadLatents.indices().length;
      const { gradients: _, isProjected: __, fired: ___, smallestAct: ____, ...losses } = outcome;
      return { step, ...losses, deadShare: nDead / nLatents, nDead, gradNorm, learningRate };
    } finally {
      tf.dispose(Object.values(outcome.gradients));
    }
  }

  /** A copy of everything, to be stored. */
  state(): TrainerState {
    return {
      config: this.config,
      step: this.nStepsDone,
      scale: this.scale,
      firstFvu: this.firstFvu,
      parameters: perParameter(this.names, (name) => this.parameter(name).snapshot()),
      batchThreshold: this.threshold,
      tokensSinceFired: this.deadLatents.tokensSinceFired.slice(),
      rng: this.rng.state(),
      resampleRows: this.resampleBuffer.contents().slice(),
    };
  }

  /** The dictionary as it stands, ready for raw rows: input scale folded, decoder norms too where selection used them, and θ of
   *  batchtopk and matryoshka as every latent's threshold. Read it by `inferenceConfig()`. */
  weights(): SaeWeights {
    return inferenceWeights(this.config, {
      values: perParameter(this.names, (name) => this.parameter(name).snapshot().value),
      scale: this.scale,
      batchThreshold: this.threshold,
    });
  }

  /** How `weights()` are to be read, and saved: batchtopk and matryoshka are jumprelu once trained, as SAELens saves them. */
  inferenceConfig(): InferenceConfig {
    const { architecture, dModel, nLatents, k, applyBDecToInput } = this.config;
    const { inference } = architectures[architecture];
    return { architecture: inference, dModel, nLatents, applyBDecToInput, ...(inference === 'topk' ? { k } : {}) };
  }

  /** Sets θ of batchtopk or matryoshka so that these rows have k active latents on average, and says what it was and did before.
   *  rows: [n, dModel], raw, n ≥ 1: about 100,000 that training has not seen. Throws SaeConfigError for other architectures; ShapeError. */
  calibrate(rows: Float32Array): ThresholdCalibration {
    return atOnce(this.calibrateStepwise(rows));
  }

  /** The same, a batch of rows a step. θ is set when all are taken. */
  *calibrateStepwise(rows: Float32Array): Stepwise<ThresholdCalibration> {
    const { architecture, dModel, nLatents, k = 0 } = this.config;
    if (!architectures[architecture].hasBatchThreshold)
      throw new SaeConfigError(
        `Only batchtopk and matryoshka have one threshold to calibrate, but this is ${architecture}`,
      );
    const nRows = rows.length / dModel;
    if (!Number.isInteger(nRows) || nRows < 1)
      throw new ShapeError(`Calibration takes rows of ${dModel} values, but got ${rows.length} values`);
    const calibration = yield* calibratedThreshold(
      rows,
      (chunk) => ({ x: this.scaled(chunk), parameters: this.parameterTensors() }),
      { config: this.config, count: Math.min(nRows * nLatents, Math.floor(k * nRows)), before: this.threshold },
    );
    this.threshold = calibration.threshold;
    return calibration;
  }

  /** Frees the tensors; the trainer cannot be used afterwards. */
  dispose(): void {
    for (const name of this.names) this.parameter(name).dispose();
  }

  private computeBatch(rows: Float32Array): BatchOutcome {
    const { config } = this;
    const context = {
      config,
      sparsityCoefficient: sparsityCoefficientAt(this.nStepsDone, config),
      deadLatents: this.deadLatents.indices(),
      wantsProjected: config.decoder === 'constrained',
    };
    this.keepThresholdsPositive();
    let outcome!: BatchOutcome;
    // The tidy keeps the gradients that it returns, and frees everything else.
    tf.tidy(() => {
      outcome = architectures[config.architecture].batch(this.scaled(rows), this.parameterTensors(), context);
      return outcome.gradients;
    });
    return outcome;
  }

  /** θ ← max(θ, 0): below 0 the gate of jumprelu would let negative pre-activations through. Outside the loss, which would give a θ
   *  of 0 no gradient. */
  private keepThresholdsPositive(): void {
    const { threshold } = this.parameters;
    if (!threshold) return;
    const positive = tf.tidy(() => tf.relu(threshold.value()));
    threshold.assign(positive);
    positive.dispose();
  }

  private checkDivergence(step: number, { loss, fvu }: BatchOutcome): void {
    if (!Number.isFinite(loss)) throw new DivergenceError(step, `the loss is ${loss}`);
    this.firstFvu ??= fvu;
    const limit = EXPLOSION_FACTOR * Math.max(1, this.firstFvu);
    if (fvu > limit)
      throw new DivergenceError(
        step,
        `the reconstruction error has exploded: FVU ${fvu.toPrecision(4)} is above ${limit.toPrecision(4)}`,
      );
  }

  /** Projection, then clipping: replaces the gradients and returns their norm before clipping. */
  private prepareGradients(step: number, { gradients, isProjected }: BatchOutcome): number {
    if (this.config.decoder === 'constrained' && !isProjected) {
      const decoder = this.parameters.decoder.value() as tf.Tensor2D;
      gradients.decoder = projectOffRows(gradients.decoder, decoder);
      decoder.dispose();
    }
    const norm = globalNorm(gradients);
    if (!Number.isFinite(norm)) throw new DivergenceError(step, `the norm of the gradients is ${norm}`);
    clipGradients(gradients, norm, this.config.maxGradNorm);
    return norm;
  }

  private updateParameters(step: number, gradients: ParameterTensors, learningRate: number): void {
    const { beta1, beta2, epsilon, decoder, decoderLearningRateFactor } = this.config;
    const isSlow = decoderLearningRateFactor !== 1;
    const inner = isSlow ? this.innerDecoderRows() : null;
    for (const name of this.names) {
      const isAllSlow = isSlow && (name === 'bDec' || (name === 'decoder' && inner === null));
      const rate = isAllSlow ? learningRate * decoderLearningRateFactor : learningRate;
      this.parameter(name).update(of<tf.Tensor>(gradients, name), { learningRate: rate, step, beta1, beta2, epsilon });
      of<tf.Tensor>(gradients, name).dispose();
    }
    if (inner) this.holdBackDecoderRows(inner, decoderLearningRateFactor);
    if (decoder === 'constrained') this.normaliseDecoder();
  }

  /** A copy of the decoder rows of the first inner dictionary; null where there is none. */
  private innerDecoderRows(): tf.Tensor2D | null {
    const { prefixes = [], nLatents } = this.config;
    if (prefixes.length === 0 || prefixes[0] === nLatents) return null;
    return tf.tidy(() => tf.slice(this.parameters.decoder.value() as tf.Tensor2D, 0, prefixes[0]));
  }

  /** Takes the first rows back to `share` of the way that this step has moved them. Disposes of `before`. */
  private holdBackDecoderRows(before: tf.Tensor2D, share: number): void {
    const { decoder } = this.parameters;
    const held = tf.tidy(() => {
      const moved = decoder.value() as tf.Tensor2D;
      const rows = tf.add(before, tf.mul(tf.sub(tf.slice(moved, 0, before.shape[0]), before), share));
      return tf.concat([rows as tf.Tensor2D, tf.slice(moved, before.shape[0])]);
    });
    decoder.assign(held);
    tf.dispose([held, before]);
  }

  private normaliseDecoder(): void {
    const { decoder } = this.parameters;
    const unit = tf.tidy(() => unitRows(decoder.value() as tf.Tensor2D));
    decoder.assign(unit);
    unit.dispose();
  }

  private resample(): void {
    const dead = this.deadLatents.longestSilent(this.config.maxResampledLatents);
    const rows = this.resampleBuffer.contents();
    this.resampleBuffer.clear();
    if (dead.length === 0 || rows.length === 0) return;
    const { inputs, losses } = standardRowLosses(
      rows,
      (chunk) => ({ x: this.scaled(chunk), parameters: this.parameterTensors() }),
      this.config,
    );
    const chosen = drawByLossSquared(losses, Math.min(dead.length, losses.length), this.rng);
    const snapshots = perParameter(this.names, (name) => this.parameter(name).snapshot());
    resampleLatents(snapshots, { dead, inputs, chosen }, this.config.dModel);
    for (const name of this.names) this.parameter(name).restore(of(snapshots, name));
    this.deadLatents.revive(dead);
  }

  /** s·rows as a tensor, with memory of its own. */
  private scaled(rows: Float32Array): tf.Tensor2D {
    return tf.mul<tf.Tensor2D>(tf.tensor2d(rows, [rows.length / this.config.dModel, this.config.dModel]), this.scale);
  }

  private parameterTensors(): ParameterTensors {
    return perParameter(this.names, (name) => this.parameter(name).value()) as ParameterTensors;
  }

  private parameter(name: ParameterName): AdamParameter {
    return of(this.parameters, name);
  }
}

/** The value of a parameter that the architecture has. */
function of<T>(values: Partial<Record<ParameterName, T>>, name: ParameterName): T {
  return values[name] as T;
}

function createParameters({ config, parameters }: TrainerState): PerParameter<AdamParameter> {
  return perParameter(parameterNamesOf(config), (name) => {
    const snapshot = parameters[name];
    if (!snapshot) throw new SaeConfigError(`A trainer of ${config.architecture} needs a state with ${name}`);
    return kernels().createAdamParameter(snapshot.value, parameterShape(name, config), snapshot);
  });
}

function checkRows(rows: Float32Array, batchSize: number, dModel: number): void {
  if (rows.length !== batchSize * dModel) {
    throw new ShapeError(
      `A step takes ${batchSize} rows of ${dModel} values (${batchSize * dModel}), but got ${rows.length} values`,
    );
  }
}
