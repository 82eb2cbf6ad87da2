import type { Generator } from '@featurescope/contracts';
import { leastDimensions, leastLatents, syntheticRunHref } from '../run-link.ts';

type Superposition = Pick<
  Extract<Generator, { kind: 'superposition' }>,
  'nTruths' | 'dModel' | 'sparsity' | 'importanceDecay' | 'leastMagnitude' | 'output' | 'seed'
>;

/** New run with a dictionary of the toy model's hidden vectors; undefined in one dimension, which no run has. */
export function superposedRunHref(world: Superposition): string | undefined {
  if (world.dModel < leastDimensions) return undefined;
  return syntheticRunHref({
    generator: { kind: 'superposition', ...world },
    dictionary: {
      architecture: 'topk',
      k: Math.max(1, Math.round(world.nTruths * (1 - world.sparsity))),
      nLatents: Math.max(leastLatents, world.nTruths),
    },
  });
}
