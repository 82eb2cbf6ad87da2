import type { AnalysisFailure } from '@featurescope/contracts';

/** How the process of an analysis ended. */
export type AnalysisOutcome =
  /** Its result is in the database. */
  | { type: 'finished' }
  /** Another worker has it, or it was deleted. */
  | { type: 'lost' }
  /** Another attempt would meet the same. */
  | { type: 'failed'; failure: AnalysisFailure };
