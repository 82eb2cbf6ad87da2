import { requireNumber } from '../config-check.ts';
import { competingBatch } from '../gradients/competing-latents.ts';
import { withInnerDictionaries } from '../gradients/inner-dictionaries.ts';
import type { ArchitectureDefinition } from './architecture.ts';
import { checkPrefixes } from './check-prefixes.ts';
import { competingDefaults } from './competing-defaults.ts';

/** TopK with AuxK (Gao 2024): f = ReLU of the k largest pre-activations of a row. With prefixes, the first latents are also
 *  TopK dictionaries of their own, so that they learn what is worth a latent by itself. */
export const topK: ArchitectureDefinition = {
  inference: 'topk',
  fields: ['k', 'prefixes'],
  ownParameters: [],
  hasAuxK: true,
  resamples: false,
  competes: true,
  hasBatchThreshold: false,
  defaults: competingDefaults,
  check: (config) => {
    requireNumber(config, 'k', { integer: true, min: 1, max: config.nLatents });
    if (config.prefixes) checkPrefixes(config);
  },
  batch: (x, parameters, context) =>
    withInnerDictionaries(
      (first, { config, ...rest }) =>
        competingBatch(x, first, { ...rest, config, within: 'row', prefixes: [config.nLatents] }),
      parameters,
      { context, widths: context.config.prefixes?.slice(0, -1) ?? [] },
    ),
};
