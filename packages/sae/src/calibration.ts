import { kernels, nthLargest, tf } from '@featurescope/tensor';
import { centred, preActivations } from './gradients/batch-outcome.ts';
import type { ParameterTensors } from './parameters.ts';
import type { Stepwise } from './stepwise.ts';
import type { TrainingConfig } from './training-config.ts';

/** What calibration found; an L0 is the mean number of active latents of the calibration rows. */
export interface ThresholdCalibration {
  nRows: number;
  threshold: number;
  l0: number;
  /** θ as training left it, a running mean of the smallest kept activation. */
  trainedThreshold: number;
  trainedL0: number;
}

/** The θ above which `count` pre-activations (times ‖d‖ where the decoder is free) of all rows lie: the one below them, or 0 where
 *  there are not that many above 0. rows: [n, dModel], raw, a batch at a time; `prepare` scales a chunk of them, inside a tidy. */
export function* calibratedThreshold(
  rows: Float32Array,
  prepare: (chunk: Float32Array) => { x: tf.Tensor2D; parameters: ParameterTensors },
  { config, count, before }: { config: TrainingConfig; count: number; before: number },
): Stepwise<ThresholdCalibration> {
  const { dModel, batchSize, applyBDecToInput, decoder } = config;
  const nRows = rows.length / dModel;
  const largest = new LargestValues(count + 1);
  let nActiveBefore = 0;
  for (let start = 0; start < nRows; start += batchSize) {
    const chunk = rows.subarray(start * dModel, (start + batchSize) * dModel);
    tf.tidy(() => {
      const { x, parameters } = prepare(chunk);
      const input = centred(x, parameters.bDec, applyBDecToInput);
      const preActs = preActivations(input, parameters.encoder, parameters.bEnc);
      const key = decoder === 'free' ? tf.mul<tf.Tensor2D>(preActs, tf.norm(parameters.decoder, 2, 1)) : preActs;
      largest.add(kernels().topEntries(key, count + 1, largest.bound).values);
      nActiveBefore += tf.sum(tf.cast(tf.greater(key, before), 'int32')).dataSync()[0];
    });
    yield { done: Math.min(nRows, start + batchSize), total: nRows };
  }
  const values = largest.values();
  const threshold = values.length > count ? nthLargest(values, count + 1) : 0;
  return {
    nRows,
    threshold,
    l0: values.reduce((sum, value) => sum + (value > threshold ? 1 : 0), 0) / nRows,
    trainedThreshold: before,
    trainedL0: nActiveBefore / nRows,
  };
}

/** The n largest of values that come in parts, and some more: they are cut down when they have doubled. */
class LargestValues {
  /** What a further value has to exceed. */
  bound = 0;
  private readonly n: number;
  private parts: Float32Array[] = [];
  private size = 0;

  constructor(n: number) {
    this.n = n;
  }

  add(part: Float32Array): void {
    this.parts.push(part);
    this.size += part.length;
    if (this.size < 2 * this.n) return;
    const kept = this.values().sort().slice(-this.n);
    this.bound = kept[0];
    this.parts = [kept];
    this.size = kept.length;
  }

  values(): Float32Array {
    const joined = new Float32Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}
