import { comparisonTerms } from './terms/comparison-terms.ts';
import { decompositionTerms } from './terms/decomposition-terms.ts';
import type { Definition } from './terms/definition.ts';
import { featureTerms } from './terms/feature-terms.ts';
import { groundTruthTerms } from './terms/ground-truth-terms.ts';
import { interventionTerms } from './terms/intervention-terms.ts';
import { measureTerms } from './terms/measure-terms.ts';
import { trainingTerms } from './terms/training-terms.ts';

/** Terms of the machine that runs everything. */
const machineTerms = {
  matmul: {
    term: 'Matrix product rate',
    meaning: 'Measured float32 matrix product: billions of floating-point operations a second.',
  },
  queue: { term: 'Queue', meaning: 'Jobs waiting for a worker.' },
} satisfies Record<string, Definition>;

/** Every term and number that a page shows, defined once. */
export const definitions = {
  ...featureTerms,
  ...trainingTerms,
  ...decompositionTerms,
  ...measureTerms,
  ...interventionTerms,
  ...groundTruthTerms,
  ...comparisonTerms,
  ...machineTerms,
};

export type TermName = keyof typeof definitions;
export const definitionOf = (name: TermName): Definition => definitions[name];
