import type { SaeTrainer } from '@featurescope/sae';
import { writeRunDictionary } from '../../run/run-dictionary.ts';
import type { StageOutcome } from '../stage-outcome.ts';
import type { ActivationReaders } from './activation-readers.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { type StreamPosition, saveRunCheckpoint } from './run-checkpoint.ts';
import type { StageContext } from './stage-context.ts';
import { StageInterrupted } from './stage-control.ts';

/** A run of a group, and what training has made of it so far. */
export interface GroupMember {
  readonly context: StageContext;
  trainer: SaeTrainer | null;
  /** Step of its newest checkpoint; null when it has none. */
  savedStep: number | null;
  /** Something is being done for this run alone, which ends by itself when the run is interrupted. */
  isBusy: boolean;
}

/** Nobody is left to train. */
export class GroupDispersed extends Error {
  override name = 'GroupDispersed';
}

/** The runs that one process trains. Each is held by a claim of its own and watched by its own control; each leaves by itself,
 *  with an outcome of its own, and the others go on. A run that is trained alone is a group of one. */
export class TrainingGroup {
  /** Where the stream stands as to the steps of all trainers: what a checkpoint is written with. */
  position: StreamPosition | null = null;
  private readonly present: Set<GroupMember>;
  private readonly dispersal = new AbortController();
  private readonly report: (context: StageContext, outcome: StageOutcome) => Promise<void>;
  private wake: () => void = () => {};

  constructor(contexts: StageContext[], report: (context: StageContext, outcome: StageOutcome) => Promise<void>) {
    this.report = report;
    this.present = new Set(contexts.map((context) => ({ context, trainer: null, savedStep: null, isBusy: false })));
    for (const { context } of this.present) context.control.signal.addEventListener('abort', () => this.wake());
  }

  /** Those who are still there, the first of them being the one whose job it is, as long as it is there. */
  get members(): GroupMember[] {
    return [...this.present];
  }

  has(member: GroupMember): boolean {
    return this.present.has(member);
  }

  /** Aborts when nobody is left. */
  get signal(): AbortSignal {
    return this.dispersal.signal;
  }

  /** All of them as the readers of one stream. */
  readers(): ActivationReaders {
    this.requireMembers();
    const { run, db, activations, log } = this.members[0].context;
    return {
      run,
      db,
      activations,
      log,
      signal: this.signal,
      contexts: () => this.members.map(({ context }) => context),
    };
  }

  /** Waits for work that serves all. Who is interrupted meanwhile leaves at once. Throws what the work throws, and GroupDispersed,
   *  without waiting any longer, when nobody is left. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    const ended = work.then(end, end);
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await this.dismissInterrupted();
      if (isDone) return work;
      await Promise.race([ended, woken]);
    }
  }

  /** Does work that serves one member; null when it has left or leaves with what the work throws. */
  async alone<T>(member: GroupMember, work: () => Promise<T>): Promise<T | null> {
    if (!this.has(member)) return null;
    member.isBusy = true;
    try {
      return await this.during(work());
    } catch (error) {
      await this.leave(member, error);
      this.requireMembers();
      return null;
    } finally {
      member.isBusy = false;
    }
  }

  /** The member leaves with an error. What it has learnt is kept when it is interrupted. Throws an error that another attempt may mend
   *  when the member is the last: the process ends with it. */
  async leave(member: GroupMember, error: unknown): Promise<void> {
    const { control, log } = member.context;
    this.remove(member);
    const cause = await this.keepWhatWasLearnt(member).then(
      () => error,
      (unkept) => unkept,
    );
    let outcome: StageOutcome;
    try {
      outcome = outcomeOfError(cause, control.signal);
    } catch (unexpected) {
      if (this.present.size === 0) throw unexpected;
      log.error({ err: unexpected }, 'the run leaves the runs that are trained with it');
      outcome = { type: 'separated' };
    }
    await this.release(member, outcome);
  }

  /** The member leaves with an outcome. */
  async release(member: GroupMember, outcome: StageOutcome): Promise<void> {
    this.remove(member);
    member.trainer?.dispose();
    member.trainer = null;
    await this.report(member.context, outcome);
  }

  requireMembers(): void {
    if (this.present.size === 0) throw new GroupDispersed();
  }

  private remove(member: GroupMember): void {
    this.present.delete(member);
    if (this.present.size === 0) this.dispersal.abort(new GroupDispersed());
  }

  private async dismissInterrupted(): Promise<void> {
    for (const member of this.present) {
      const { signal } = member.context.control;
      if (signal.aborted && !member.isBusy) await this.leave(member, signal.reason);
    }
    this.requireMembers();
  }

  private async keepWhatWasLearnt({ context, trainer, savedStep }: GroupMember): Promise<void> {
    const { control, store, run } = context;
    const { reason } = control.signal;
    if (trainer === null || !(reason instanceof StageInterrupted) || reason.reason === 'fenced') return;
    try {
      if (this.position && trainer.stepsDone !== savedStep) await saveRunCheckpoint(context, trainer, this.position);
    } finally {
      // What a cancelled run has learnt stays downloadable.
      if (reason.reason === 'cancel' && trainer.stepsDone > 0)
        await writeRunDictionary(store, run, { config: trainer.inferenceConfig(), weights: trainer.weights() });
    }
  }
}
