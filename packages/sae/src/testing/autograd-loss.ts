import { tf } from '@featurescope/tensor';
import { parameterNamesOf } from '../architectures/index.ts';
import type { ParameterTensors } from '../parameters.ts';
import type { TrainingConfig } from '../training-config.ts';

interface AutogradContext {
  config: TrainingConfig;
  deadLatents: number[];
  sparsityCoefficient: number;
}

/** Gradients of one batch by TensorFlow.js' autograd over a dense form of the loss: what the hand-derived ones must equal. */
export function autogradGradients(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, deadLatents, sparsityCoefficient }: AutogradContext,
): ParameterTensors {
  const names = parameterNamesOf(config);
  const named = (values: tf.Tensor[]) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const residual = tf.neg(forward(x, parameters, config).error) as tf.Tensor2D;
  const loss = (...values: tf.Tensor[]) => {
    const current = named(values) as ParameterTensors;
    const state = forward(x, current, config);
    let total: tf.Tensor = tf.add(state.loss, tf.mul(penalty(state, config), sparsityCoefficient));
    if (config.architecture === 'gated') total = tf.add(total, gateLoss(x, state.pre, { current, parameters, config }));
    if (config.preActCoefficient)
      total = tf.add(total, tf.mul(missingPreActs(state, current, deadLatents), config.preActCoefficient));
    if (deadLatents.length > 0 && config.auxKCoefficient > 0)
      total = tf.add(total, auxLoss(state, current, { config, residual, deadLatents }));
    return total as tf.Scalar;
  };
  return named(tf.grads(loss)(names.map((name) => parameters[name] as tf.Tensor))) as ParameterTensors;
}

interface Forward {
  pre: tf.Tensor2D;
  /** ‖d‖, or 1 where the decoder is constrained. */
  norms: tf.Tensor1D;
  acts: tf.Tensor2D;
  /** H(pre − θ); jumprelu. */
  steps: tf.Tensor2D | null;
  /** Of the full width. */
  error: tf.Tensor2D;
  loss: tf.Tensor;
}

function forward(x: tf.Tensor2D, parameters: ParameterTensors, config: TrainingConfig): Forward {
  const { decoder, bDec, bEnc, threshold, rMag, bMag } = parameters;
  const pre = preActs(x, parameters, config);
  const norms = (
    config.decoder === 'free' ? tf.sqrt(tf.sum(tf.square(decoder), 1)) : tf.ones([config.nLatents])
  ) as tf.Tensor1D;
  let acts = tf.relu(pre);
  let steps: tf.Tensor2D | null = null;
  if (threshold) {
    steps = stepOf(pre, threshold, config);
    acts = jumpOf(pre, threshold, config);
  } else if (rMag && bMag) {
    const sizes = tf.add(tf.mul(tf.sub(pre, bEnc), tf.exp(rMag)), bMag);
    acts = tf.mul(tf.relu(sizes), constant(tf.cast(tf.greater(pre, 0), 'float32')));
  } else if (config.k !== undefined) {
    acts = tf.mul(acts, selected(tf.mul(pre, norms), config));
  }
  const scale = config.lossNormalization === 'variance' ? 1 / variance(x) : 1 / x.shape[0];
  const columns = tf.range(0, config.nLatents);
  let error = x;
  let loss: tf.Tensor = tf.scalar(0);
  for (const width of config.prefixes ?? [config.nLatents]) {
    const inner = tf.mul(acts, tf.cast(tf.less(columns, width), 'float32'));
    error = tf.sub(tf.add(tf.matMul(inner, decoder), bDec), x) as tf.Tensor2D;
    loss = tf.add(loss, tf.mul(tf.sum(tf.square(error)), scale));
  }
  return { pre, norms, acts: acts as tf.Tensor2D, steps, error, loss };
}

function penalty({ acts, norms, pre, steps }: Forward, config: TrainingConfig): tf.Tensor {
  if (config.architecture === 'standard') return tf.mean(tf.sum(tf.mul(acts, norms), 1));
  if (config.architecture === 'gated') return tf.mean(tf.sum(tf.mul(tf.relu(pre), norms), 1));
  if (!steps) return tf.scalar(0);
  const { sparsityLoss, targetL0 = 1 } = config;
  if (sparsityLoss === 'tanh') return tf.mean(tf.sum(tf.tanh(tf.mul(tf.mul(acts, norms), 4)), 1));
  const l0 = tf.sum(steps, 1);
  return sparsityLoss === 'step' ? tf.mean(l0) : tf.mul(tf.mean(tf.square(tf.sub(l0, targetL0))), 2 / targetL0);
}

/** H(pre − θ) with its straight-through gradient: that of a ramp of width ε. */
function stepOf(pre: tf.Tensor2D, threshold: tf.Tensor1D, config: TrainingConfig): tf.Tensor2D {
  return straightThrough(pre, threshold, { value: isOpen, passed: tf.zerosLike, height: () => tf.scalar(1), config });
}

function jumpOf(pre: tf.Tensor2D, threshold: tf.Tensor1D, config: TrainingConfig): tf.Tensor2D {
  const value = (p: tf.Tensor, t: tf.Tensor) => tf.mul(p, isOpen(p, t));
  return straightThrough(pre, threshold, { value, passed: isOpen, height: (_, t) => t, config });
}

function isOpen(pre: tf.Tensor, threshold: tf.Tensor): tf.Tensor {
  return tf.cast(tf.greater(pre, threshold), 'float32');
}

type OfPreAndThreshold = (pre: tf.Tensor, threshold: tf.Tensor) => tf.Tensor;

interface Jump {
  value: OfPreAndThreshold;
  /** Derivative by pre beside the jump. */
  passed: OfPreAndThreshold;
  height: OfPreAndThreshold;
  config: TrainingConfig;
}

function straightThrough(
  pre: tf.Tensor2D,
  threshold: tf.Tensor1D,
  { value, passed, height, config }: Jump,
): tf.Tensor2D {
  const { bandwidth = 1, straightThroughToInput } = config;
  const operation = tf.customGrad((...inputs) => {
    const [p, t, save] = inputs as unknown as [tf.Tensor, tf.Tensor, (tensors: tf.Tensor[]) => void];
    save([p, t]);
    const gradFunc = (upstream: tf.Tensor, saved: tf.Tensor[]) => {
      const [pre, threshold] = saved;
      const rect = tf.cast(tf.less(tf.abs(tf.div(tf.sub(pre, threshold), bandwidth)), 0.5), 'float32');
      const slope = tf.mul(tf.mul(rect, tf.div(height(pre, threshold), bandwidth)), upstream);
      const beside = tf.mul(passed(pre, threshold), upstream);
      return [straightThroughToInput ? tf.add(beside, slope) : beside, tf.neg(tf.sum(slope, 0))];
    };
    return { value: value(p, t), gradFunc };
  });
  return operation(pre, threshold) as tf.Tensor2D;
}

function gateLoss(
  x: tf.Tensor2D,
  pre: tf.Tensor2D,
  { current, parameters, config }: { current: ParameterTensors; parameters: ParameterTensors; config: TrainingConfig },
): tf.Tensor {
  const { decoder, bDec } =
    config.gateDecoder === 'shared'
      ? current
      : { decoder: constant(parameters.decoder), bDec: constant(parameters.bDec) };
  const output = tf.add(tf.matMul(tf.relu(pre), decoder), bDec);
  return tf.div(tf.sum(tf.square(tf.sub(output, x))), x.shape[0]);
}

function missingPreActs({ pre, norms }: Forward, { threshold }: ParameterTensors, deadLatents: number[]): tf.Tensor {
  const isDead = Array.from({ length: pre.shape[1] }, (_, i) => (deadLatents.includes(i) ? 1 : 0));
  const missing = tf.mul(tf.relu(tf.sub(threshold as tf.Tensor1D, pre)), tf.mul(norms, tf.tensor1d(isDead)));
  return tf.mean(tf.sum(missing, 1));
}

function auxLoss(
  { pre, norms }: Forward,
  { decoder }: ParameterTensors,
  { config, residual, deadLatents }: { config: TrainingConfig; residual: tf.Tensor2D; deadLatents: number[] },
): tf.Tensor {
  const half = Math.floor(config.dModel / 2);
  const isDead = tf.tensor1d(Array.from({ length: config.nLatents }, (_, i) => (deadLatents.includes(i) ? 1 : 0)));
  const key = tf.mul(pre, norms);
  const ofDead = tf.where(tf.cast(isDead, 'bool'), key, tf.fill(key.shape, -1e9)) as tf.Tensor2D;
  const acts = tf.mul(pre, topMask(ofDead, Math.min(half, deadLatents.length))) as tf.Tensor2D;
  const squares = tf.sum(tf.square(tf.sub(tf.matMul(acts, decoder), residual)));
  if (config.lossNormalization === 'variance')
    return tf.mul(tf.div(squares, variance(residual)), config.auxKCoefficient);
  return tf.mul(tf.div(squares, pre.shape[0]), config.auxKCoefficient * Math.min(deadLatents.length / half, 1));
}

function preActs(x: tf.Tensor2D, { encoder, bEnc, bDec }: ParameterTensors, config: TrainingConfig): tf.Tensor2D {
  const input = config.applyBDecToInput ? tf.sub<tf.Tensor2D>(x, bDec) : x;
  return tf.add(tf.matMul(input, encoder, false, true), bEnc);
}

/** 1 where an entry is selected, within its row or the batch; a constant to autograd. */
function selected(key: tf.Tensor, { architecture, k = 0 }: TrainingConfig): tf.Tensor {
  if (architecture === 'topk') return topMask(key, k);
  const flat = key.reshape([1, key.size]);
  return topMask(flat, Math.floor(k * key.shape[0])).reshape(key.shape);
}

/** 1 at the k largest of each row. */
function topMask(key: tf.Tensor, k: number): tf.Tensor {
  const { indices } = tf.topk(constant(key), k);
  return tf.sum(tf.oneHot(tf.cast(indices, 'int32'), key.shape[1] as number), 1);
}

function constant<T extends tf.Tensor>(tensor: T): T {
  return tf.tensor(tensor.arraySync()) as T;
}

function variance(rows: tf.Tensor2D): number {
  return tf.sum(tf.square(tf.sub(rows, tf.mean(rows, 0)))).dataSync()[0];
}
