import type { RunStage } from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { type Claim, fenced } from './fencing.ts';
import type { RunQueue } from './run-queue.ts';
import { setRunState } from './run-work.ts';

/** Runs that one process trains at most, besides the one whose job it does. */
const maxRiders = 31;

export interface ClaimRidersOptions {
  /** Of the run whose job is done; the others are of its sweep. */
  leader: Claim;
  /** That job. The riders are cared for as long as it is active. */
  jobId: string;
  queue: RunQueue;
  /** Runs that are to train by themselves. */
  apart: (runId: string) => boolean;
}

/** Claims the runs of a sweep that can be trained in the leader's process: they wait to be trained, nobody works on them, and they
 *  stand at the leader's checkpoint. Their own jobs go. Runs that rode with an earlier attempt at the job and cannot any more
 *  get a job of their own. One transaction; throws FencedError when the leader is lost. */
export async function claimRiders(db: Db, { leader, jobId, queue, apart }: ClaimRidersOptions): Promise<Claim[]> {
  return fenced(db, leader, async (transaction) => {
    const left = await transaction.$queryRaw<{ id: string }[]>`
      UPDATE "Run" SET "ridesOnJob" = NULL WHERE "ridesOnJob" = ${jobId}::uuid RETURNING "id"`;
    const claims: Claim[] = [];
    for (const id of await runsBeside(transaction, leader.runId)) {
      if (claims.length === maxRiders || apart(id)) continue;
      if ((await queue.jobsOf(transaction, id)).isActive) continue;
      await queue.withdraw(transaction, id);
      // A worker may have taken the job while it was being withdrawn.
      if ((await queue.jobsOf(transaction, id)).isActive) continue;
      claims.push(await claimRider(transaction, id, jobId));
    }
    const claimed = new Set(claims.map(({ runId }) => runId));
    for (const { id } of left) if (!claimed.has(id)) await sendAlone(transaction, id, queue);
    return claims;
  });
}

/** The leader's siblings at its checkpoint, locked. Those that somebody has locked are being taken, paused or ended: they stay. */
async function runsBeside(transaction: Transaction, leaderId: string): Promise<string[]> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT run."id" FROM "Run" AS run JOIN "Run" AS leader ON leader."sweepId" = run."sweepId"
    WHERE leader."id" = ${leaderId}::uuid AND run."id" <> leader."id" AND run."origin" = 'trained'
      AND leader."origin" = 'trained'
      AND run."status" IN ('queued', 'running') AND run."desiredState" = 'run'
      AND run."stage" IN ('prepare', 'train', 'evaluate')
      AND (SELECT COALESCE(max("step"), 0) FROM "Checkpoint" WHERE "runId" = run."id")
        = (SELECT COALESCE(max("step"), 0) FROM "Checkpoint" WHERE "runId" = leader."id")
    ORDER BY run."createdAt", run."id" FOR UPDATE OF run SKIP LOCKED`;
  return rows.map(({ id }) => id);
}

async function claimRider(transaction: Transaction, runId: string, jobId: string): Promise<Claim> {
  const [{ fence, stage }] = await transaction.$queryRaw<{ fence: number; stage: RunStage }[]>`
    UPDATE "Run" SET "fence" = "fence" + 1, "ridesOnJob" = ${jobId}::uuid, "startedAt" = COALESCE("startedAt", now())
    WHERE "id" = ${runId}::uuid RETURNING "fence", "stage"`;
  await setRunState(transaction, runId, { status: 'running', stage });
  return { runId, fence };
}

async function sendAlone(transaction: Transaction, runId: string, queue: RunQueue): Promise<void> {
  const run = await transaction.run.findUniqueOrThrow({ where: { id: runId }, select: { status: true, stage: true } });
  if (run.status !== 'running') return;
  const { isActive, isWaiting } = await queue.jobsOf(transaction, runId);
  if (isActive || isWaiting) return;
  await setRunState(transaction, runId, { status: 'queued', stage: run.stage as RunStage });
  await queue.enqueue(transaction, 'train', runId);
}
