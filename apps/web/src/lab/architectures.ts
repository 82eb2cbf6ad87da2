import type { RecoveryArchitecture } from '@featurescope/sae/toy';

/** The dictionaries that the Lab trains side by side, by what names them in the address. */
export const labArchitectures = ['topk', 'batchtopk', 'matryoshka', 'standard', 'gated', 'jumprelu'] as const;
export type LabArchitecture = (typeof labArchitectures)[number];

export const architectureNames: Record<LabArchitecture, string> = {
  topk: 'TopK',
  batchtopk: 'BatchTopK',
  matryoshka: 'Matryoshka',
  standard: 'ReLU + L1',
  gated: 'Gated',
  jumprelu: 'JumpReLU',
};

interface Sparsity {
  k: number;
  l1Coefficient: number;
}

/** Its own fields, as a request for a run has them: k is what JumpReLU aims at, and the L1 coefficient serves gated too. */
export function sparsityFields(architecture: LabArchitecture, { k, l1Coefficient }: Sparsity) {
  if (architecture === 'standard' || architecture === 'gated') return { l1Coefficient };
  if (architecture === 'jumprelu') return { targetL0: k, sparsityLoss: 'quadratic' as const };
  return { k };
}

/** What the trainer needs for it; the learning rate serves tiny dictionaries and a thousand steps. */
export function architectureOf(architecture: LabArchitecture, sparsity: Sparsity): RecoveryArchitecture {
  return { architecture, ...sparsityFields(architecture, sparsity), learningRate: 0.01 };
}
