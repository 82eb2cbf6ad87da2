import type { Run } from '@featurescope/contracts';

/** Whether the run can still change by itself or by a command. */
export const isActive = (run: Run): boolean =>
  run.status === 'queued' || run.status === 'running' || run.status === 'paused';

/** Held-out FVU where it was measured, else the latest one of training. */
export const bestFvu = (run: Run): number | null => run.evaluation?.fvu ?? run.latest?.fvu ?? null;
export const bestL0 = (run: Run): number | null => run.evaluation?.l0 ?? run.latest?.l0 ?? null;
export const bestDeadShare = (run: Run): number | null => run.evaluation?.deadShare ?? run.latest?.deadShare ?? null;
export const labelledShare = (run: Run): number | null => (run.nFeatures > 0 ? run.nLabelled / run.nFeatures : null);

const architectureNames = {
  ...{ jumprelu: 'JumpReLU', gated: 'Gated', matching_pursuit: 'Matching pursuit' },
  ...{ pca: 'PCA', ica: 'ICA', nmf: 'NMF', random: 'Random directions', neurons: 'Neuron basis' },
  ...{ meanDifference: 'Difference of means', cav: 'CAV' },
} as const;

/** λ is known where the dictionary was trained here. */
export function architectureName({ architecture, k, l1Coefficient }: DictionaryKind): string {
  if (architecture === 'topk') return `TopK, k ${k}`;
  if (architecture === 'standard') return l1Coefficient === null ? 'ReLU' : `ReLU + L1, λ ${l1Coefficient}`;
  const name = architectureNames[architecture];
  return k === null ? name : `${name}, k ${k}`;
}

type DictionaryKind = Pick<Run, 'architecture' | 'k' | 'l1Coefficient'>;
