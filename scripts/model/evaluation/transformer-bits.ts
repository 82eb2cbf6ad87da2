import { tf } from '../native-tensorflow.ts';
import { endOfTextId } from '../tokenizer/hugging-face-files.ts';
import { crossEntropyWithGradient } from '../transformer/cross-entropy.ts';
import { logitsOf, type Parameters } from '../transformer/forward.ts';
import type { ModelShape } from '../transformer/shape.ts';

/** −log₂ P of a document's tokens. Windows of the model's context begin with `<|endoftext|>` and overlap by half, so
 *  that each token is scored once, with at least half a context before it unless the document has less. */
export function transformerBits(parameters: Parameters, tokens: readonly number[], shape: ModelShape): number {
  const length = shape.contextLength;
  const stride = length / 2;
  let nats = 0;
  for (let start = 0; start === 0 || start + stride < tokens.length; start += stride) {
    const targets = tokens.slice(start, start + length);
    const inputs = [endOfTextId, ...targets.slice(0, -1)];
    const fresh = start === 0 ? 0 : stride;
    const losses = tf.tidy(() => {
      const logits = logitsOf(parameters, tf.tensor2d(inputs, [1, inputs.length], 'int32'), shape);
      return crossEntropyWithGradient(logits, tf.tensor1d(targets, 'int32')).losses;
    });
    const values = losses.dataSync();
    losses.dispose();
    for (let index = fresh; index < values.length; index++) nats += values[index]!;
  }
  return nats / Math.LN2;
}
