import type { StageOutcome } from '../stage-outcome.ts';
import { failureOf } from './failures.ts';
import { StageInterrupted } from './stage-control.ts';

/** How a stage ended that threw `error`. signal: the stage's; whatever is thrown after it aborted follows from its reason, with
 *  one exception: a pause that could not save its checkpoint has failed, for the user believes that all of it was kept.
 *  Throws what another attempt may mend. */
export function outcomeOfError(error: unknown, signal: AbortSignal): StageOutcome {
  const cause = signal.aborted ? signal.reason : error;
  if (cause instanceof StageInterrupted) {
    const failure = cause.reason === 'pause' && error !== cause ? failureOf(error) : null;
    if (failure?.code === 'disk_full') return { type: 'failed', failure };
    return {
      type: ({ pause: 'paused', cancel: 'cancelled', stop: 'stopped', fenced: 'fenced' } as const)[cause.reason],
    };
  }
  const failure = failureOf(cause);
  if (failure === null) throw cause;
  return { type: 'failed', failure };
}
