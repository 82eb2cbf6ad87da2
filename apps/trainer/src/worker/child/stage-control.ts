import { type Claim, type Db, readDesiredState } from '@featurescope/db';

const pollIntervalMs = 1_000;

/** Why a stage ends before its work is done. */
export class StageInterrupted extends Error {
  override name = 'StageInterrupted';
  readonly reason: 'pause' | 'cancel' | 'stop' | 'fenced';

  constructor(reason: StageInterrupted['reason']) {
    super(`The stage was interrupted: ${reason}`);
    this.reason = reason;
  }
}

/** Watches what the user and the worker want of a stage. `signal` aborts with a StageInterrupted; a stage checks it between
 *  steps and hands it to whatever runs longer. */
export class StageControl {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(db: Db, claim: Claim) {
    const poll = async () => {
      // A failed look says nothing; the next one is a second away.
      const wanted = await readDesiredState(db, claim).catch(() => 'run' as const);
      if (wanted !== 'run') this.interrupt(wanted);
    };
    this.timer = setInterval(poll, pollIntervalMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The first reason stays, except that a lost claim trumps all: nothing more may be written then. */
  interrupt(reason: StageInterrupted['reason']): void {
    this.fail(new StageInterrupted(reason));
  }

  /** Ends the stage with an error of someone who works in the background for it. */
  fail(error: unknown): void {
    if (!this.signal.aborted) this.controller.abort(error);
  }

  /** Lets input and output in, then throws when the stage is to end. Arithmetic blocks this thread: called once a step. */
  async checkpoint(): Promise<void> {
    await new Promise(setImmediate);
    this.signal.throwIfAborted();
  }

  dispose(): void {
    clearInterval(this.timer);
  }
}
