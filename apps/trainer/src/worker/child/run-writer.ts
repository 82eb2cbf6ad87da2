import { type Claim, type Db, FencedError, fenced, type Transaction } from '@featurescope/db';
import { type StageControl, StageInterrupted } from './stage-control.ts';

type Write = (transaction: Transaction) => Promise<unknown>;

/** Writes of a stage, one after another in the background, each in a fenced transaction: training does not wait for the
 *  database, and order is kept. What waits together is committed together. A failed write ends the stage. */
export class RunWriter {
  private waiting: Write[] = [];
  private draining: Promise<void> = Promise.resolve();
  private isDraining = false;
  private readonly db: Db;
  private readonly claim: Claim;
  private readonly control: StageControl;

  constructor(db: Db, claim: Claim, control: StageControl) {
    this.db = db;
    this.claim = claim;
    this.control = control;
  }

  /** Whether something is still on its way; what can be left out may be left out then. */
  get isBusy(): boolean {
    return this.isDraining;
  }

  enqueue(write: Write): void {
    this.waiting.push(write);
    if (this.isDraining) return;
    this.isDraining = true;
    this.draining = this.drain().finally(() => {
      this.isDraining = false;
    });
    // flush() reports it; until then the stage learns of it from the control.
    this.draining.catch(() => {});
  }

  /** Resolves when everything enqueued is committed. Throws what went wrong: StageInterrupted('fenced') for a lost claim. */
  async flush(): Promise<void> {
    await this.draining;
  }

  /** Writes now, after everything enqueued. */
  async write(write: Write): Promise<void> {
    this.enqueue(write);
    await this.flush();
  }

  private async drain(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting;
        this.waiting = [];
        await fenced(this.db, this.claim, async (transaction) => {
          for (const write of batch) await write(transaction);
        });
      }
    } catch (error) {
      const reason = error instanceof FencedError ? new StageInterrupted('fenced') : error;
      this.control.fail(reason);
      throw reason;
    }
  }
}
