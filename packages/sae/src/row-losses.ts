import { tf } from '@featurescope/tensor';
import { centred } from './gradients/batch-outcome.ts';
import type { ParameterTensors } from './parameters.ts';
import type { TrainingConfig } from './training-config.ts';

/** Loss Σe² + λΣf of each row under the weights as they are, and the rows as the encoder sees them, for a `standard` dictionary.
 *  rows: [n, dModel], raw; `prepare` scales a chunk of them, inside a tidy. A batch at a time bounds the memory. */
export function standardRowLosses(
  rows: Float32Array,
  prepare: (chunk: Float32Array) => { x: tf.Tensor2D; parameters: ParameterTensors },
  config: TrainingConfig,
): { inputs: Float32Array; losses: Float32Array } {
  const { dModel, batchSize, applyBDecToInput, l1Coefficient = 0 } = config;
  const inputs = new Float32Array(rows.length);
  const losses = new Float32Array(rows.length / dModel);
  for (let start = 0; start < losses.length; start += batchSize) {
    const chunk = rows.subarray(start * dModel, (start + batchSize) * dModel);
    tf.tidy(() => {
      const { x, parameters } = prepare(chunk);
      const { encoder, decoder, bEnc, bDec } = parameters;
      const input = centred(x, bDec, applyBDecToInput);
      const acts = tf.relu(tf.add<tf.Tensor2D>(tf.matMul(input, encoder, false, true), bEnc));
      const error = tf.sub(tf.add(tf.matMul(acts, decoder), bDec), x);
      const loss = tf.add(tf.sum(tf.square(error), 1), tf.mul(tf.sum(acts, 1), l1Coefficient));
      inputs.set(input.dataSync(), start * dModel);
      losses.set(loss.dataSync(), start);
    });
  }
  return { inputs, losses };
}
