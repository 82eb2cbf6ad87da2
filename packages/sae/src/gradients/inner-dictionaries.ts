import { tf } from '@featurescope/tensor';
import type { BatchContext } from '../architectures/architecture.ts';
import type { ParameterTensors } from '../parameters.ts';
import type { BatchOutcome } from './batch-outcome.ts';

/** Adds the losses of inner dictionaries, each of the first `width` latents and a dictionary in its own right: it selects among its own
 *  latents alone. (Of matryoshka's prefixes, all reconstruct from one selection.) AuxK is the whole dictionary's alone, and so is every
 *  figure but the loss. widths: ascending, below nLatents. `batch`: losses and gradients of a dictionary. Called inside a tidy. */
export function withInnerDictionaries(
  batch: (parameters: ParameterTensors, context: BatchContext) => BatchOutcome,
  parameters: ParameterTensors,
  { context, widths }: { context: BatchContext; widths: number[] },
): BatchOutcome {
  const sum = batch(parameters, context);
  for (const width of widths) {
    const config = { ...context.config, nLatents: width, k: Math.min(width, context.config.k ?? width) };
    const inner = batch(firstLatents(parameters, width), { ...context, config, deadLatents: new Int32Array(0) });
    sum.loss += inner.loss;
    sum.gradients = addToFirst(sum.gradients, inner.gradients);
  }
  return sum;
}

function firstLatents({ encoder, decoder, bEnc, bDec }: ParameterTensors, width: number): ParameterTensors {
  return {
    encoder: tf.slice(encoder, 0, width),
    decoder: tf.slice(decoder, 0, width),
    bEnc: tf.slice(bEnc, 0, width),
    bDec,
  };
}

function addToFirst(all: ParameterTensors, first: ParameterTensors): ParameterTensors {
  const missing = all.bEnc.shape[0] - first.bEnc.shape[0];
  const padded = (matrix: tf.Tensor2D) =>
    tf.pad(matrix, [
      [0, missing],
      [0, 0],
    ]);
  return {
    encoder: tf.add(all.encoder, padded(first.encoder)),
    decoder: tf.add(all.decoder, padded(first.decoder)),
    bEnc: tf.add(all.bEnc, tf.pad(first.bEnc, [[0, missing]])),
    bDec: tf.add(all.bDec, first.bDec),
  };
}
