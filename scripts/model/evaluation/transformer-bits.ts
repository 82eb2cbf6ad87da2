import { tf } from '../native-tensorflow.ts';
import { endOfTextId } from '../tokenizer/hugging-face-files.ts';
import { crossEntropyWithGradient } from '../transformer/cross-entropy.ts';
import { logitsOf, type Parameters } from '../transformer/forward.ts';
import type { ModelShape } from '../transformer/shape.ts';
import { scoringWindows } from './scoring-windows.ts';

const windowsAtOnce = 8;

/** −log₂ P of a document's tokens, each scored once, in the windows of `scoringWindows`. */
export function transformerBits(parameters: Parameters, tokens: readonly number[], shape: ModelShape): number {
  const length = shape.contextLength;
  const windows = scoringWindows(tokens.length, length);
  let nats = 0;
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    const group = windows.slice(first, first + windowsAtOnce);
    const targets = new Int32Array(group.length * length);
    const inputs = new Int32Array(group.length * length);
    for (const [index, { start }] of group.entries()) {
      // What lies past the document's end is padding that causal attention never shows to a scored position.
      const part = tokens.slice(start, start + length);
      targets.set(part, index * length);
      inputs.set([endOfTextId, ...part].slice(0, length), index * length);
    }
    const losses = tf.tidy(() => {
      const logits = logitsOf(parameters, tf.tensor2d(inputs, [group.length, length], 'int32'), shape);
      return crossEntropyWithGradient(logits, tf.tensor1d(targets, 'int32')).losses;
    });
    const values = losses.dataSync();
    losses.dispose();
    for (const [index, { scoreFrom, scoreTo }] of group.entries()) {
      for (let at = scoreFrom; at < scoreTo; at++) nats += values[index * length + at]!;
    }
  }
  return nats / Math.LN2;
}
