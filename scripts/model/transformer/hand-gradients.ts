import { tf } from '../native-tensorflow.ts';
import { type AttentionTables, attentionBackward, attentionForward } from './attention-gradient.ts';
import { feedForward, feedForwardBackward } from './feed-forward-gradient.ts';
import { causalMask, type Parameters } from './forward.ts';
import { rotaryTables } from './rotary.ts';
import type { ModelShape } from './shape.ts';
import { unembeddingLoss } from './unembedding-gradient.ts';

/** Sum of the cross-entropies (nats) and its gradient in every parameter, derived by hand: the same contract as the
 *  autograd reference, in fewer passes over memory. ids, targets: int32 [batch, positions]. */
export function handLossAndGradients(
  parameters: Parameters,
  ids: tf.Tensor2D,
  targets: tf.Tensor2D,
  shape: ModelShape,
): { loss: number; gradients: Record<string, tf.Tensor> } {
  const p = (name: string) => parameters[name] as tf.Tensor;
  let loss = 0;
  const gradients = tf.tidy(() => {
    const context = { tables: attentionTables(shape, ids.shape[1]), shape, batch: ids.shape[0] };
    const layers = Array.from({ length: shape.nLayers }, (_, layer) => ({
      attention: {
        norm: p(`${layer}.attentionNorm`),
        queryKeyValue: p(`${layer}.queryKeyValue`),
        out: p(`${layer}.attentionOut`),
      },
      feedForward: { norm: p(`${layer}.feedForwardNorm`), gateUp: p(`${layer}.gateUp`), down: p(`${layer}.down`) },
    }));
    let x = tf.gather(p('embedding'), ids.flatten());
    const memories = layers.map((weights) => {
      const attended = attentionForward(x, weights.attention, context);
      const fed = feedForward(attended.output, weights.feedForward, shape);
      x = fed.output;
      return { attention: attended.memory, feedForward: fed.memory };
    });

    const head = { norm: p('finalNorm'), embedding: p('embedding'), epsilon: shape.normEpsilon };
    const top = unembeddingLoss(x, targets.flatten() as tf.Tensor1D, head);
    const found: Record<string, tf.Tensor> = { finalNorm: top.dNorm };
    let dx = top.dInput;
    for (let layer = shape.nLayers - 1; layer >= 0; layer--) {
      const memory = memories[layer]!;
      const weights = layers[layer]!;
      const fed = feedForwardBackward(dx, memory.feedForward, weights.feedForward);
      const attended = attentionBackward(fed.dInput, memory.attention, weights.attention, context);
      dx = attended.dInput;
      found[`${layer}.feedForwardNorm`] = fed.dNorm;
      found[`${layer}.gateUp`] = fed.dGateUp;
      found[`${layer}.down`] = fed.dDown;
      found[`${layer}.attentionNorm`] = attended.dNorm;
      found[`${layer}.queryKeyValue`] = attended.dQueryKeyValue;
      found[`${layer}.attentionOut`] = attended.dOut;
    }
    found.embedding = top.dEmbedding.add(
      tf.unsortedSegmentSum(dx as tf.Tensor2D, ids.flatten() as tf.Tensor1D, shape.vocabularySize),
    );
    loss = top.loss.dataSync()[0] as number;
    return found;
  });
  return { loss, gradients };
}

function attentionTables(shape: ModelShape, positions: number): AttentionTables {
  const { nHeads, nKeyValueHeads, dHead } = shape;
  const { cosines, sines } = rotaryTables(shape);
  const nColumns = (nHeads + 2 * nKeyValueHeads) * dHead;
  const columnScale = Float32Array.from({ length: nColumns }, (_, column) =>
    column < nHeads * dHead ? 1 / Math.sqrt(dHead) : 1,
  );
  return {
    cosines: cosines.squeeze([1]).slice(0, positions),
    sines: sines.squeeze([1]).slice(0, positions),
    mask: causalMask(positions).tile([nHeads / nKeyValueHeads, 1]),
    columnScale: tf.tensor2d(columnScale, [1, nColumns]),
  };
}
