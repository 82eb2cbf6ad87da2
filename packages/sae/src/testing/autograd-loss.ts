import { tf } from '@featurescope/tensor';
import type { TrainingConfig } from '../config.ts';
import { type ParameterTensors, parameterNames } from '../gradients/batch-outcome.ts';

/** Gradients of one batch by TensorFlow.js' autograd over a dense form of the loss: what the hand-derived ones must equal. */
export function autogradGradients(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  {
    config,
    deadLatents,
    sparsityCoefficient,
  }: { config: TrainingConfig; deadLatents: number[]; sparsityCoefficient: number },
): ParameterTensors {
  const { residual } = mainLoss(x, parameters, config);
  const loss = (...values: tf.Tensor[]) => {
    const [encoder, decoder, bEnc, bDec] = values;
    const current = { encoder, decoder, bEnc, bDec } as ParameterTensors;
    const { loss: main, acts, norms } = mainLoss(x, current, config);
    if (config.architecture === 'standard') {
      const sizes = config.decoder === 'free' ? tf.mul(acts, norms) : acts;
      return tf.add(main, tf.mul(tf.mean(tf.sum(sizes, 1)), sparsityCoefficient)) as tf.Scalar;
    }
    return (
      deadLatents.length > 0 ? tf.add(main, auxLoss(x, current, { config, residual, deadLatents })) : main
    ) as tf.Scalar;
  };
  const gradients = tf.grads(loss)(parameterNames.map((name) => parameters[name]));
  const [encoder, decoder, bEnc, bDec] = gradients;
  return { encoder, decoder, bEnc, bDec } as ParameterTensors;
}

function mainLoss(x: tf.Tensor2D, parameters: ParameterTensors, config: TrainingConfig) {
  const pre = preActs(x, parameters, config);
  const norms = tf.sqrt(tf.sum(tf.square(parameters.decoder), 1)) as tf.Tensor1D;
  const mask =
    config.architecture === 'topk'
      ? topMask(config.decoder === 'free' ? tf.mul(pre, norms) : pre, config.k as number)
      : 1;
  const acts = tf.mul(tf.relu(pre), mask) as tf.Tensor2D;
  const residual = tf.sub<tf.Tensor2D>(x, tf.add(tf.matMul(acts, parameters.decoder), parameters.bDec));
  const squares = tf.sum(tf.square(residual));
  const loss = config.lossNormalization === 'variance' ? tf.div(squares, variance(x)) : tf.div(squares, x.shape[0]);
  return { loss, acts, norms, residual };
}

function auxLoss(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, residual, deadLatents }: { config: TrainingConfig; residual: tf.Tensor2D; deadLatents: number[] },
): tf.Tensor {
  const half = Math.floor(config.dModel / 2);
  const isDead = tf.tensor1d(Array.from({ length: config.nLatents }, (_, i) => (deadLatents.includes(i) ? 1 : 0)));
  const pre = preActs(x, parameters, config);
  const norms = tf.sqrt(tf.sum(tf.square(parameters.decoder), 1));
  const key = config.decoder === 'free' ? tf.mul(pre, norms) : pre;
  const ofDead = tf.where(tf.cast(isDead, 'bool'), key, tf.fill(key.shape, -1e9)) as tf.Tensor2D;
  const acts = tf.mul(pre, topMask(ofDead, Math.min(half, deadLatents.length))) as tf.Tensor2D;
  const squares = tf.sum(tf.square(tf.sub(tf.matMul(acts, parameters.decoder), residual)));
  if (config.lossNormalization === 'variance')
    return tf.mul(tf.div(squares, variance(residual)), config.auxKCoefficient);
  return tf.mul(tf.div(squares, x.shape[0]), config.auxKCoefficient * Math.min(deadLatents.length / half, 1));
}

function preActs(x: tf.Tensor2D, { encoder, bEnc, bDec }: ParameterTensors, config: TrainingConfig): tf.Tensor2D {
  const input = config.applyBDecToInput ? tf.sub<tf.Tensor2D>(x, bDec) : x;
  return tf.add(tf.matMul(input, encoder, false, true), bEnc);
}

/** 1 at the k largest of each row; a constant to autograd. */
function topMask(key: tf.Tensor, k: number): tf.Tensor {
  const { indices } = tf.topk(tf.tensor(key.arraySync()), k);
  return tf.sum(tf.oneHot(tf.cast(indices, 'int32'), key.shape[1] as number), 1);
}

function variance(rows: tf.Tensor2D): number {
  return tf.sum(tf.square(tf.sub(rows, tf.mean(rows, 0)))).dataSync()[0];
}
