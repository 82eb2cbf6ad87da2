import { SaeConfigError } from '../errors.ts';
import { competingBatch } from '../gradients/competing-latents.ts';
import type { TrainingConfig } from '../training-config.ts';
import type { ArchitectureDefinition } from './architecture.ts';
import { checkMeanK, competingDefaults } from './competing-defaults.ts';

/** Nested dictionaries (Bussmann 2025): one BatchTopK selection, and every prefix of the latents reconstructs x by itself, so that
 *  the first ones learn the most general features. */
export const matryoshka: ArchitectureDefinition = {
  inference: 'jumprelu',
  fields: ['k', 'prefixes'],
  ownParameters: [],
  hasAuxK: true,
  resamples: false,
  competes: true,
  hasBatchThreshold: true,
  defaults: (input) => ({ ...competingDefaults(input), prefixes: halvings(input.nLatents) }),
  check: (config) => {
    checkMeanK(config);
    checkPrefixes(config);
  },
  batch: (x, parameters, context) =>
    competingBatch(x, parameters, {
      ...context,
      within: 'batch',
      prefixes: context.config.prefixes ?? [context.config.nLatents],
    }),
};

/** 1/32, 1/16, 1/8, 1/4, 1/2 and all of the latents, without those that would be empty. */
function halvings(nLatents: number): number[] {
  return [32, 16, 8, 4, 2, 1].map((part) => Math.floor(nLatents / part)).filter((width) => width > 0);
}

function checkPrefixes({ prefixes = [], nLatents }: TrainingConfig): void {
  const ascends = prefixes.every((width, i) => Number.isInteger(width) && width > (i > 0 ? prefixes[i - 1] : 0));
  if (!ascends || prefixes.at(-1) !== nLatents)
    throw new SaeConfigError(
      `prefixes must be ascending integers of at least 1 that end with nLatents ${nLatents}, but are ${prefixes.join(', ')}`,
    );
}
