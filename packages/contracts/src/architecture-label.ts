import type { ArchitectureOptions, RunArchitecture } from './architectures.ts';

const names: Record<RunArchitecture, string> = {
  topk: 'TopK',
  batchtopk: 'BatchTopK',
  matryoshka: 'Matryoshka',
  jumprelu: 'JumpReLU',
  gated: 'Gated',
  standard: 'ReLU + L1',
  matching_pursuit: 'Matching pursuit',
  pca: 'PCA',
  ica: 'ICA',
  nmf: 'NMF',
  random: 'Random directions',
  neurons: 'Neuron basis',
  meanDifference: 'Difference of means',
  cav: 'CAV',
};

/** "BatchTopK". */
export const architectureTitle = (architecture: RunArchitecture): string => names[architecture];

/** A dictionary as a run has it, or the row of one. */
export interface DictionaryKind {
  architecture: RunArchitecture;
  k: number | null;
  l1Coefficient: number | null;
  architectureOptions: ArchitectureOptions;
}

/** The architecture with what tells it from others of its kind: "BatchTopK, k 32". Imported ones do not say what they were
 *  trained with. */
export function architectureLabel({ architecture, k, l1Coefficient, architectureOptions }: DictionaryKind): string {
  const title = names[architecture];
  if (architecture === 'standard' && l1Coefficient === null) return 'ReLU';
  if (k !== null) return `${title}, k ${k}${prefixWords(architectureOptions)}`;
  if (l1Coefficient !== null) return `${title}, λ ${l1Coefficient}`;
  const { sparsityLoss, l0Coefficient, targetL0 } = architectureOptions;
  if (targetL0 !== undefined) {
    const weight = l0Coefficient === undefined || l0Coefficient === 1 ? '' : `, λ ${l0Coefficient}`;
    return `${title}, target L0 ${targetL0}${weight}`;
  }
  return l0Coefficient === undefined ? title : `${title}, ${sparsityLoss} λ ${l0Coefficient}`;
}

const prefixWords = ({ prefixes }: ArchitectureOptions) => (prefixes ? `, prefixes ${prefixes.join('/')}` : '');
