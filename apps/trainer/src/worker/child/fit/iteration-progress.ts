import { ProgressReporter } from '../progress-reporter.ts';
import type { StageContext } from '../stage-context.ts';

/** Tells how far an iterative fit is, and lets a pause or a cancel in between iterations. */
export function iterationProgress(
  { writer, run, control }: StageContext,
  { total, unit }: { total: number; unit: string },
): (done: number) => Promise<void> {
  const progress = new ProgressReporter(writer, run.id, { stage: 'fit', total, unit });
  return async (done) => {
    progress.report(done);
    await control.checkpoint();
  };
}
