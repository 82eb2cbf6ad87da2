import type { Architecture, ArchitectureField, SparsityLoss } from '@featurescope/contracts';

/** Of these a sweep takes several values. */
export type ListField = 'k' | 'l1Coefficient' | 'l0Coefficient' | 'targetL0';

/** The field that says how sparse a dictionary of this architecture is. */
export function sparsityField(architecture: Architecture, sparsityLoss: SparsityLoss): ListField {
  if (architecture === 'gated' || architecture === 'standard') return 'l1Coefficient';
  if (architecture !== 'jumprelu') return 'k';
  return sparsityLoss === 'quadratic' ? 'targetL0' : 'l0Coefficient';
}

/** The fields that these architectures need, in the order of the form. */
export function fieldsOf(architectures: Architecture[], sparsityLoss: SparsityLoss): ArchitectureField[] {
  const fields = architectures.flatMap((architecture): ArchitectureField[] => {
    const sparsity = sparsityField(architecture, sparsityLoss);
    if (architecture === 'matryoshka') return [sparsity, 'prefixes'];
    return architecture === 'jumprelu' ? ['sparsityLoss', sparsity] : [sparsity];
  });
  return [...new Set(fields)];
}

export const architectureFieldLabels: Record<ArchitectureField, string> = {
  k: 'k',
  prefixes: 'Nested widths',
  l1Coefficient: 'L1 coefficient',
  sparsityLoss: 'Sparsity loss',
  l0Coefficient: 'L0 coefficient',
  targetL0: 'Target L0',
};
