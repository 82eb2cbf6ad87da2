import { tf } from '@featurescope/tensor';
import type { LogitEffects, TokenEffect } from '../types.ts';
import { gatherRows } from './decoder-neighbours.ts';
import { unitRows } from './unit-rows.ts';

/** Values of one slice's product: 32 MiB. */
const SLICE_VALUES = 8 * 1024 * 1024;

export interface OutputHead {
  /** [dModel], the gain of the final norm. */
  finalNormGain: Float32Array;
  /** Whether the final norm takes off each row's mean (LayerNorm). */
  finalNormCentres?: boolean;
  /** [vocabSize, dModel], W_U by output token. */
  unembedding: Float32Array;
}

/** What each latent's direction does to the output logits: (d̂ ⊙ gain) · W_U, less its mean over the vocabulary; d̂ = d/‖d‖,
 *  less its own mean where the final norm is a LayerNorm, so values are logits per unit of activation a, before the final
 *  norm divides by the residual stream's size and before a softcap.
 *  The `count` greatest (falling) and least (rising) tokens. wDec: [nLatents, dModel]. Source: algorithms.md §5. */
export function* logitEffects(
  wDec: Float32Array,
  head: OutputHead,
  options: { count?: number; featureIndices?: Int32Array } = {},
): Generator<LogitEffects> {
  const dModel = head.finalNormGain.length;
  const nLatents = wDec.length / dModel;
  const vocabSize = head.unembedding.length / dModel;
  const count = Math.min(options.count ?? 10, vocabSize);
  const asked = options.featureIndices ?? Int32Array.from({ length: nLatents }, (_, latent) => latent);
  const sliceRows = Math.max(1, Math.floor(SLICE_VALUES / vocabSize));
  const unembedding = centredUnembedding(head, dModel);
  try {
    for (let start = 0; start < asked.length; start += sliceRows) {
      const slice = asked.subarray(start, start + sliceRows);
      const directions = unitRows(gatherRows(wDec, dModel, slice), dModel);
      const { top, bottom } = extremeTokens(unembedding, directions, count);
      for (let j = 0; j < slice.length; j++) yield { featureIndex: slice[j], top: top[j], bottom: bottom[j] };
    }
  } finally {
    unembedding.dispose();
  }
}

/** [dModel, vocabSize]: W_U with the gain and what LayerNorm's centring does to a direction folded in, and each dimension's mean over the vocabulary taken off, which centres
 *  every product with it. */
function centredUnembedding(head: OutputHead, dModel: number): tf.Tensor2D {
  return tf.tidy(() => {
    const scaled = tf.mul(
      tf.tensor2d(head.unembedding, [head.unembedding.length / dModel, dModel]),
      tf.tensor1d(head.finalNormGain),
    );
    const folded = head.finalNormCentres ? tf.sub(scaled, tf.mean(scaled, 1, true)) : scaled;
    return tf.transpose(tf.sub(folded, tf.mean(folded, 0, true))) as tf.Tensor2D;
  });
}

function extremeTokens(
  unembedding: tf.Tensor2D,
  directions: Float32Array,
  count: number,
): Record<'top' | 'bottom', TokenEffect[][]> {
  const [dModel] = unembedding.shape;
  const nRows = directions.length / dModel;
  // Read outside the tidy, which would search the arrays for tensors, element by element.
  const [highest, lowest] = tf.tidy(() => {
    const logits = tf.matMul(tf.tensor2d(directions, [nRows, dModel]), unembedding);
    return [tf.topk(logits, count), tf.topk(tf.neg(logits), count)];
  });
  const lists = ({ values, indices }: typeof highest, sign: number) => {
    const [logits, tokenIds] = [values.dataSync(), indices.dataSync()];
    tf.dispose([values, indices]);
    return Array.from({ length: nRows }, (_, row) =>
      Array.from({ length: count }, (_, rank) => ({
        tokenId: tokenIds[row * count + rank],
        value: sign * logits[row * count + rank],
      })),
    );
  };
  return { top: lists(highest, 1), bottom: lists(lowest, -1) };
}
