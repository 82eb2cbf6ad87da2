import { expect, it } from 'vitest';
import { initTensor } from './init-tensor.ts';

/** A file of its own: a process has one backend, and here it must not have started. */
it.skipIf(process.env.FEATURESCOPE_TENSOR === 'gpu')(
  'refuses a GPU that is not there, and says how to get one',
  async () => {
    await expect(initTensor({ backend: 'gpu' })).rejects.toThrow(
      /lists no GPU.*npm run setup|TensorFlow does not load/,
    );
  },
);
