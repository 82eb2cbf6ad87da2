import type { Progress, RunStage } from '@featurescope/contracts';
import { appendEvent, updateRun } from '@featurescope/db';
import type { RunWriter } from './run-writer.ts';

/** At most so often; a reader does not see more, and each is a row. */
const intervalMs = 400;
/** The rate is that of the last half minute: long enough to hold a chunk of activations made and used up, short enough to
 *  follow a machine that gets busy. */
const windowMs = 30_000;

/** Tells how far a stage is, with its rate and what is left. */
export class ProgressReporter {
  private readonly samples: { at: number; done: number }[] = [];
  private lastReportAt = Number.NEGATIVE_INFINITY;
  private readonly writer: RunWriter;
  private readonly runId: string;
  private readonly subject: { stage: RunStage; total: number; unit: string };

  constructor(writer: RunWriter, runId: string, subject: { stage: RunStage; total: number; unit: string }) {
    this.writer = writer;
    this.runId = runId;
    this.subject = subject;
  }

  /** Notes that `done` of `total` is reached; reports it when a report is due. */
  report(done: number, now = performance.now()): void {
    if (this.samples.length === 0 || now - this.samples[this.samples.length - 1].at >= intervalMs) {
      this.samples.push({ at: now, done });
      while (now - this.samples[0].at > windowMs && this.samples.length > 2) this.samples.shift();
    }
    const isLast = done >= this.subject.total;
    if (!isLast && (now - this.lastReportAt < intervalMs || this.writer.isBusy)) return;
    this.lastReportAt = now;
    const progress = this.progress(done, now);
    this.writer.enqueue(async (transaction) => {
      await updateRun(transaction, this.runId, { progress });
      await appendEvent(transaction, { kind: 'run', id: this.runId }, { type: 'progress', payload: progress });
    });
  }

  /** Units a second over the last seconds; null before there is anything to measure. */
  rate(done: number, now = performance.now()): number | null {
    const first = this.samples[0];
    return first && now > first.at && done > first.done ? ((done - first.done) * 1000) / (now - first.at) : null;
  }

  private progress(done: number, now: number): Progress {
    const perSecond = this.rate(done, now);
    const left = Math.max(0, this.subject.total - done);
    return { ...this.subject, done, perSecond, etaSeconds: perSecond === null ? null : left / perSecond };
  }
}
