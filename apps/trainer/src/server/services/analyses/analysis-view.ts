import type { AnalysisState, NamedFeature } from '@featurescope/contracts';
import { type AnalysisRow, type Db, readFeatureNames } from '@featurescope/db';

export function toAnalysisState(row: AnalysisRow): AnalysisState {
  return {
    id: row.id,
    status: row.status as AnalysisState['status'],
    progress: row.progress as AnalysisState['progress'],
    failure: row.failure as AnalysisState['failure'],
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** Of a feature that has no index. */
export const unnamed = { label: null, truth: null, density: null };

/** Gives indices of a run's features their names: one query. */
export async function featureNamer(db: Db, runId: string, indices: number[]): Promise<(index: number) => NamedFeature> {
  const names = await readFeatureNames(db, runId, [...new Set(indices)]);
  return (index) => ({ index, ...(names.get(index) ?? unnamed) });
}
