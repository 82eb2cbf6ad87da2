import type { RunStage, RunStatus } from '@featurescope/contracts';
import type { Db } from './client.ts';
import { appendEvent } from './event-log.ts';
import type { RunJobs, RunQueue } from './run-queue.ts';
import { type DesiredState, jobFor, type RunOrigin, setRunState, updateRun } from './run-work.ts';

/** Runs that somebody is to work on: every one of them has a job, or had one that went missing. */
export async function unfinishedRunIds(db: Db): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT "id" FROM "Run" WHERE "status" IN ('queued', 'running') ORDER BY "createdAt"`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Gives a run that was left behind back to the workers, or ends it when that is wanted: 'enqueued' when its job was gone from the
 * queue, 'settled' when it was to pause or cancel and nobody works on it who could. Null when there is nothing to mend.
 * Every transaction that leaves a run queued or running also leaves it a job of its own, or the active one that it rides on, so a run without one, seen with its row locked,
 * has lost it. The check and the repair are one transaction: repeated or concurrent calls add one job.
 */
export async function reconcileRun(db: Db, id: string, queue: RunQueue): Promise<'enqueued' | 'settled' | null> {
  const desired = await db.prisma.run.findUnique({ where: { id }, select: { desiredState: true } });
  // Without the lock, which would hold up the run's worker: almost always there is nothing to do.
  if (desired === null || isCaredFor(await queue.jobsOf(db.prisma, id), desired.desiredState)) return null;
  return db.prisma.$transaction(async (transaction) => {
    const [run] = await transaction.$queryRaw<
      { status: RunStatus; stage: RunStage; origin: RunOrigin; desiredState: DesiredState; ridesOnJob: string | null }[]
    >`
      SELECT "status", "stage", "origin", "desiredState", "ridesOnJob" FROM "Run" WHERE "id" = ${id}::uuid FOR UPDATE`;
    if (!run || (run.status !== 'queued' && run.status !== 'running')) return null;
    if (isCaredFor(await queue.jobsOf(transaction, id), run.desiredState)) return null;
    await updateRun(transaction, id, { ridesOnJob: null });
    if (run.desiredState === 'run') {
      const message = `${run.ridesOnJob ? riderLeft : jobMissing} the run goes on by itself.`;
      await appendEvent(transaction, { kind: 'run', id }, { type: 'log', payload: { level: 'warning', message } });
      await queue.enqueue(transaction, jobFor(run) ?? 'label', id);
      return 'enqueued';
    }
    // Whoever still writes for this run without holding a job of it is shut out.
    await transaction.$executeRaw`UPDATE "Run" SET "fence" = "fence" + 1 WHERE "id" = ${id}::uuid`;
    await updateRun(transaction, id, { progress: null });
    const status = run.desiredState === 'pause' ? 'paused' : 'cancelled';
    await setRunState(transaction, id, { status, stage: run.stage });
    return 'settled';
  });
}

const jobMissing = 'The job of this run was missing from the queue. It was added again;';
const riderLeft = 'The process that trained this run together with others has ended. It was given a job of its own;';

/** To go on, a waiting job is enough; to pause or cancel, somebody must be at work who does it. */
function isCaredFor({ isActive, isWaiting }: RunJobs, desiredState: string): boolean {
  return isActive || (isWaiting && desiredState === 'run');
}
