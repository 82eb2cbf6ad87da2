import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../packages/lm/src/index.ts';
import { prompts } from '../evaluation/prompts.ts';
import { modelDirectory } from '../model-directory.ts';
import { hasNativeTensorFlow } from '../native-availability.ts';
import { endOfTextId } from '../tokenizer/hugging-face-files.ts';
import { tinyShape as shape } from '../transformer/shape.ts';
import { readExportedParameters } from './read-llama.ts';

/** Both sides compute in float32 in different orders; logits reach about 20. */
const maxError = 1e-4;

describe.skipIf(!hasNativeTensorFlow)('the shipped weights', async () => {
  const { tf } = await import('../native-tensorflow.ts');
  const { logitsOf } = await import('../transformer/forward.ts');
  const { parameterTensors } = await import('../transformer/parameter-tensors.ts');

  it('give the same logits in the program that trained them and in the product', async () => {
    const model = await loadModel(modelDirectory, { threads: 1 });
    const text = `${prompts.map((prompt) => prompt.text).join('\n')}\n`.repeat(2);
    const tokenIds = Int32Array.from([endOfTextId, ...model.tokenizer.encode(text)].slice(0, shape.contextLength));
    expect(tokenIds.length).toBe(shape.contextLength);
    const { logits } = await model.run({ tokenIds, batch: 1, seqLen: tokenIds.length }, { logits: 'all' });
    await model.dispose();

    const path = join(modelDirectory, 'model.safetensors');
    const parameters = parameterTensors(readExportedParameters(path, shape), shape);
    const trained = tf.tidy(() => logitsOf(parameters, tf.tensor2d(tokenIds, [1, tokenIds.length], 'int32'), shape));
    const expected = trained.dataSync<'float32'>();
    tf.dispose([trained, parameters]);
    expect(expected.length).toBe(tokenIds.length * shape.vocabularySize);
    expect(expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - logits![i]!)), 0)).toBeLessThan(
      maxError,
    );
  });
});
