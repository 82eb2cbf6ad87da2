import type { RecoveryArchitecture } from '@featurescope/sae/toy';

/** The dictionaries that the Lab trains, by what names them in the address. */
export const labArchitectures = ['topk', 'standard'] as const;
export type LabArchitecture = (typeof labArchitectures)[number];

export const architectureNames: Record<LabArchitecture, string> = {
  topk: 'TopK',
  standard: 'ReLU + L1',
};

/** What the trainer needs for it; the learning rate serves tiny dictionaries and a few hundred steps. */
export function architectureOf(
  architecture: LabArchitecture,
  { k, l1Coefficient }: { k: number; l1Coefficient: number },
): RecoveryArchitecture {
  const learningRate = 0.01;
  if (architecture === 'topk') return { architecture, k, learningRate };
  return { architecture, l1Coefficient, learningRate };
}
