import { fileURLToPath } from 'node:url';

/** Where the bundled model lives in this repository. FEATURESCOPE_MODEL_OUT writes it elsewhere. */
export const modelDirectory =
  process.env.FEATURESCOPE_MODEL_OUT ?? fileURLToPath(new URL('../../models/featurescope-tiny', import.meta.url));

export const contextLength = 256;
