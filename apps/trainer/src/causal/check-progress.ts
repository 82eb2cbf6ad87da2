import { type CheckClaim, type Db, reportCausalProgress } from '@featurescope/db';

const intervalMs = 500;

/** The check was cancelled or deleted, or another process has it: its rows are not to be touched any more. */
export class CheckEndedError extends Error {
  override name = 'CheckEndedError';
}

/** Tells how far a check is, and ends it when nobody wants it any more. */
export class CheckProgress {
  private readonly ending = new AbortController();
  private lastReportAt = Number.NEGATIVE_INFINITY;
  private isReporting = false;
  private readonly db: Db;
  private readonly claim: CheckClaim;

  constructor(db: Db, claim: CheckClaim) {
    this.db = db;
    this.claim = claim;
  }

  /** Aborts with CheckEndedError. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  report(done: number, total: number): void {
    const now = performance.now();
    if (this.isReporting || now - this.lastReportAt < intervalMs) return;
    this.lastReportAt = now;
    this.isReporting = true;
    reportCausalProgress(this.db, this.claim, { done, total: Math.max(done, total) })
      .then((isWanted) => {
        if (!isWanted) this.ending.abort(new CheckEndedError('The check has ended'));
      })
      // A write that failed says nothing; the next one is near.
      .catch(() => {})
      .finally(() => {
        this.isReporting = false;
      });
  }
}
