import type { RunChanges } from '@featurescope/db';

export interface Failure {
  code: string;
  message: string;
  step: number | null;
  /** Whether the same run may succeed when it is tried again. */
  retryable: boolean;
}

/** How a child process left its job. */
export type StageOutcome =
  /** The stage is done; `changes` become visible with the state that says so. */
  | { type: 'finished'; changes: RunChanges }
  /** The user's wish was met; what was learnt is kept. */
  | { type: 'paused' }
  | { type: 'cancelled' }
  /** The worker shuts down: another one goes on from the last checkpoint. */
  | { type: 'stopped' }
  /** The runs trained with it go on, this one cannot go on with them: it is tried again with a job of its own. */
  | { type: 'separated' }
  /** Another worker has the run. */
  | { type: 'fenced' }
  | { type: 'failed'; failure: Failure };

/** Child to parent, once for each run, as the last thing that is done for it. */
export interface OutcomeMessage {
  type: 'outcome';
  runId: string;
  outcome: StageOutcome;
}

/** Parent to child. */
export interface StopMessage {
  type: 'stop';
}
