import { competingBatch } from '../gradients/competing-latents.ts';
import type { ArchitectureDefinition } from './architecture.ts';
import { checkMeanK, competingDefaults } from './competing-defaults.ts';

/** BatchTopK (Bussmann 2024): the ⌊kB⌋ largest of ReLU(pre) over a batch of B rows, so that a row that needs more latents may have
 *  them. One θ stands in for the batch at inference. */
export const batchTopK: ArchitectureDefinition = {
  inference: 'jumprelu',
  fields: ['k'],
  ownParameters: [],
  hasAuxK: true,
  resamples: false,
  competes: true,
  hasBatchThreshold: true,
  defaults: competingDefaults,
  check: checkMeanK,
  batch: (x, parameters, context) =>
    competingBatch(x, parameters, { ...context, within: 'batch', prefixes: [context.config.nLatents] }),
};
