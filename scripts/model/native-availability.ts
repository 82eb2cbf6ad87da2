import { createRequire } from 'node:module';

/** False where set-up found no native TensorFlow: the model's training programs and their tests need it, nothing else
 *  of the project does. */
export const hasNativeTensorFlow: boolean = (() => {
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node');
    return true;
  } catch {
    console.warn('Left out: tests of the training programs, which need native TensorFlow; this machine has none.');
    return false;
  }
})();
