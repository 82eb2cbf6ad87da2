import { type AdamParameter, kernels, ShapeError, tf } from '@featurescope/tensor';
import { resolveTrainingConfig, type TrainingConfig, type TrainingConfigInput } from './config.ts';
import { DeadLatents } from './dead-latents.ts';
import { projectOffRows, unitRows } from './decoder-constraint.ts';
import { DivergenceError } from './errors.ts';
import {
  type BatchOutcome,
  type ParameterName,
  type ParameterTensors,
  parameterNames,
} from './gradients/batch-outcome.ts';
import { standardBatch } from './gradients/standard.ts';
import { topKBatch } from './gradients/top-k.ts';
import { initialState } from './initial-state.ts';
import { drawByLossSquared, ResampleBuffer, resampleLatents } from './resampling.ts';
import { Rng } from './rng.ts';
import { standardRowLosses } from './row-losses.ts';
import { foldDecoderNorms, foldInputScale, type SaeWeights, transpose } from './sae-weights.ts';
import { learningRateAt, sparsityCoefficientAt } from './schedule.ts';
import { parameterShapes, type TrainerState } from './trainer-state.ts';

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

/** Trains one dictionary, a batch of rows at a time, on the running tensor backend. The same rows in the same order give the
 *  same weights, whether or not the trainer was stored and restored in between. */
export class SaeTrainer {
  readonly config: TrainingConfig;
  /** Rows are multiplied by this before anything else. */
  readonly scale: number;
  private readonly parameters: Record<ParameterName, AdamParameter>;
  private readonly deadLatents: DeadLatents;
  private readonly resampleBuffer: ResampleBuffer;
  private readonly rng: Rng;
  private nStepsDone: number;
  private firstFvu: number | null;

  private constructor(state: TrainerState) {
    this.config = state.config;
    this.scale = state.scale;
    this.nStepsDone = state.step;
    this.firstFvu = state.firstFvu;
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
      const gradNorm = this.prepareGradients(step, outcome.gradients);
      const learningRate = learningRateAt(this.nStepsDone, this.config);
      this.updateParameters(step, outcome.gradients, learningRate);
      this.nStepsDone = step;
      this.deadLatents.update(outcome.fired, batchSize);
      this.resampleBuffer.collect(step, rows, this.config);
      if (this.config.resampleSteps.includes(step)) this.resample();
      const nDead = this.deadLatents.indices().length;
      const { gradients: _, fired: __, ...losses } = outcome;
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
      parameters: mapParameters((name) => this.parameters[name].snapshot()),
      tokensSinceFired: this.deadLatents.tokensSinceFired.slice(),
      rng: this.rng.state(),
      resampleRows: this.resampleBuffer.contents().slice(),
    };
  }

  /** The dictionary as it stands, ready for raw rows: input scale folded, and decoder norms too where selection used them. */
  weights(): SaeWeights {
    const { dModel, nLatents, architecture, decoder } = this.config;
    const value = (name: ParameterName) => this.parameters[name].snapshot().value;
    const trained = {
      wEnc: transpose(value('encoder'), nLatents, dModel),
      wDec: value('decoder'),
      bEnc: value('bEnc'),
      bDec: value('bDec'),
    };
    const selectsByNorm = architecture === 'topk' && decoder === 'free';
    return foldInputScale(selectsByNorm ? foldDecoderNorms(trained, dModel) : trained, this.scale);
  }

  /** Frees the tensors; the trainer cannot be used afterwards. */
  dispose(): void {
    for (const name of parameterNames) this.parameters[name].dispose();
  }

  private computeBatch(rows: Float32Array): BatchOutcome {
    const { config } = this;
    let outcome!: BatchOutcome;
    // The tidy keeps the gradients that it returns, and frees everything else.
    tf.tidy(() => {
      const x = this.scaled(rows);
      const parameters = this.parameterTensors();
      outcome =
        config.architecture === 'topk'
          ? topKBatch(x, parameters, { config, deadLatents: this.deadLatents.indices() })
          : standardBatch(x, parameters, {
              config,
              sparsityCoefficient: sparsityCoefficientAt(this.nStepsDone, config),
            });
      return outcome.gradients;
    });
    return outcome;
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
  private prepareGradients(step: number, gradients: ParameterTensors): number {
    if (this.config.decoder === 'constrained') {
      const decoder = this.parameters.decoder.value() as tf.Tensor2D;
      gradients.decoder = projectOffRows(gradients.decoder, decoder);
      decoder.dispose();
    }
    const norm = Math.sqrt(parameterNames.reduce((sum, name) => sum + kernels().sumOfSquares(gradients[name]), 0));
    if (!Number.isFinite(norm)) throw new DivergenceError(step, `the norm of the gradients is ${norm}`);
    const factor = this.config.maxGradNorm / (norm + 1e-6);
    if (factor < 1) {
      for (const name of parameterNames) {
        const clipped = tf.mul(gradients[name], factor);
        gradients[name].dispose();
        (gradients as unknown as Record<ParameterName, tf.Tensor>)[name] = clipped;
      }
    }
    return norm;
  }

  private updateParameters(step: number, gradients: ParameterTensors, learningRate: number): void {
    const { beta1, beta2, epsilon, decoder } = this.config;
    for (const name of parameterNames) {
      this.parameters[name].update(gradients[name], { learningRate, step, beta1, beta2, epsilon });
      gradients[name].dispose();
    }
    if (decoder === 'constrained') this.normaliseDecoder();
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
    const snapshots = mapParameters((name) => this.parameters[name].snapshot());
    resampleLatents(snapshots, { dead, inputs, chosen }, this.config.dModel);
    for (const name of parameterNames) this.parameters[name].restore(snapshots[name]);
    this.deadLatents.revive(dead);
  }

  /** s·rows as a tensor, with memory of its own. */
  private scaled(rows: Float32Array): tf.Tensor2D {
    return tf.mul<tf.Tensor2D>(tf.tensor2d(rows, [rows.length / this.config.dModel, this.config.dModel]), this.scale);
  }

  private parameterTensors(): ParameterTensors {
    return {
      encoder: this.parameters.encoder.value() as tf.Tensor2D,
      decoder: this.parameters.decoder.value() as tf.Tensor2D,
      bEnc: this.parameters.bEnc.value() as tf.Tensor1D,
      bDec: this.parameters.bDec.value() as tf.Tensor1D,
    };
  }
}

function mapParameters<T>(of: (name: ParameterName) => T): Record<ParameterName, T> {
  return { encoder: of('encoder'), decoder: of('decoder'), bEnc: of('bEnc'), bDec: of('bDec') };
}

function createParameters({ config, parameters }: TrainerState): Record<ParameterName, AdamParameter> {
  const shapes = parameterShapes(config);
  return mapParameters((name) => {
    return kernels().createAdamParameter(parameters[name].value, shapes[name], parameters[name]);
  });
}

function checkRows(rows: Float32Array, batchSize: number, dModel: number): void {
  if (rows.length !== batchSize * dModel) {
    throw new ShapeError(
      `A step takes ${batchSize} rows of ${dModel} values (${batchSize * dModel}), but got ${rows.length} values`,
    );
  }
}
