import { requireNumber } from '../config-check.ts';
import { competingBatch } from '../gradients/competing-latents.ts';
import type { ArchitectureDefinition } from './architecture.ts';
import { competingDefaults } from './competing-defaults.ts';

/** TopK with AuxK (Gao 2024): f = ReLU of the k largest pre-activations of a row. */
export const topK: ArchitectureDefinition = {
  inference: 'topk',
  fields: ['k'],
  ownParameters: [],
  hasAuxK: true,
  resamples: false,
  competes: true,
  hasBatchThreshold: false,
  defaults: competingDefaults,
  check: (config) => requireNumber(config, 'k', { integer: true, min: 1, max: config.nLatents }),
  batch: (x, parameters, context) =>
    competingBatch(x, parameters, { ...context, within: 'row', prefixes: [context.config.nLatents] }),
};
