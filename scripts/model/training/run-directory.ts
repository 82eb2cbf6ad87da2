import { join } from 'node:path';
import { corpusCache } from '../corpus/fetch-package.ts';

/** Where checkpoints and the loss history go unless the command line says otherwise. */
export const defaultRunDirectory = join(corpusCache, '..', 'featurescope-tiny');
