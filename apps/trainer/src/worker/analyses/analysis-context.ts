import type { AnalysisProgress } from '@featurescope/contracts';
import { type AnalysisClaim, type AnalysisRow, type Db, updateAnalysis } from '@featurescope/db';
import type { Store } from '@featurescope/store';

/** What every analysis works with. */
export interface AnalysisContext {
  db: Db;
  store: Store;
  claim: AnalysisClaim;
  analysis: AnalysisRow;
  /** Tells how far it is, at most every 400 ms; also where a lost claim ends the work. */
  report(progress: AnalysisProgress): Promise<void>;
}

const intervalMs = 400;

/** Writes progress, and throws AnalysisLostError when another worker has the analysis or it was deleted. */
export function progressWriter(db: Db, claim: AnalysisClaim): AnalysisContext['report'] {
  let lastAt = Number.NEGATIVE_INFINITY;
  let lastLabel = '';
  return async (progress) => {
    const now = performance.now();
    if (progress.label === lastLabel && progress.done < progress.total && now - lastAt < intervalMs) return;
    lastAt = now;
    lastLabel = progress.label;
    await updateAnalysis(db, claim, { progress });
  };
}
