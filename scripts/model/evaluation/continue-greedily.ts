import { tf } from '../native-tensorflow.ts';
import { endOfTextId } from '../tokenizer/hugging-face-files.ts';
import { logitsOf, type Parameters } from '../transformer/forward.ts';
import type { ModelShape } from '../transformer/shape.ts';

/** The most probable next token, again and again, after `<|endoftext|>` and the prompt. Ends at `<|endoftext|>`. */
export function continueGreedily(
  parameters: Parameters,
  prompt: readonly number[],
  options: { nTokens: number; shape: ModelShape },
): number[] {
  const ids = [endOfTextId, ...prompt];
  const continuation: number[] = [];
  while (continuation.length < options.nTokens && ids.length < options.shape.contextLength) {
    const next = tf.tidy(() => {
      const logits = logitsOf(parameters, tf.tensor2d(ids, [1, ids.length], 'int32'), options.shape);
      return logits
        .slice([ids.length - 1, 0], [1, -1])
        .argMax(1)
        .dataSync()[0]!;
    });
    if (next === endOfTextId) break;
    ids.push(next);
    continuation.push(next);
  }
  return continuation;
}
