import type { Run } from '@featurescope/contracts';

/** Whether the run can still change by itself or by a command. */
export const isActive = (run: Run): boolean =>
  run.status === 'queued' || run.status === 'running' || run.status === 'paused';

/** Held-out FVU where it was measured, else the latest one of training. */
export const bestFvu = (run: Run): number | null => run.evaluation?.fvu ?? run.latest?.fvu ?? null;
export const bestL0 = (run: Run): number | null => run.evaluation?.l0 ?? run.latest?.l0 ?? null;
export const bestDeadShare = (run: Run): number | null => run.evaluation?.deadShare ?? run.latest?.deadShare ?? null;
export const labelledShare = (run: Run): number | null =>
  run.nFeatures > 0 && run.source !== 'synthetic' ? run.nLabelled / run.nFeatures : null;
