import type {
  ActivationSource,
  ArchitectureOptions,
  Decomposition,
  Generator,
  ImportedFrom,
  Preset,
  RunArchitecture,
  RunStage,
  RunStatus,
} from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { appendEvent } from './event-log.ts';
import type { Prisma } from './generated/client.ts';
import type { EnqueueRunJob, RunQueue } from './run-queue.ts';
import { jobFor, type RunOrigin } from './run-work.ts';

const runParts = {
  include: {
    model: { select: { name: true, weightsHash: true, tokenizerHash: true } },
    dataset: { select: { name: true, contentHash: true } },
    checkpoints: { orderBy: { step: 'desc' }, take: 1, select: { sha256: true } },
  },
} as const satisfies Prisma.RunDefaultArgs;
/** A run with the names and hashes of what it rests on. */
export type RunRow = Prisma.RunGetPayload<typeof runParts>;

export interface NewRun {
  id: string;
  name: string;
  source?: 'model' | 'synthetic';
  /** Of a run on synthetic data, which has neither model nor dataset; its hookName is empty. */
  synthetic?: Generator;
  modelId: string | null;
  datasetId: string | null;
  hookName: string;
  origin: RunOrigin;
  /** Where an imported dictionary is from. */
  imported?: ImportedFrom;
  /** Of a fitted run. */
  decomposition?: Decomposition;
  architecture: RunArchitecture;
  nLatents: number;
  k: number | null;
  l1Coefficient: number | null;
  architectureOptions?: ArchitectureOptions;
  preset?: Preset;
  nTokens: number;
  batchSize: number;
  learningRate: number;
  seed: number;
  contextSize: number;
  nSteps: number;
  activations?: ActivationSource;
  resolvedConfig: Prisma.InputJsonObject;
  inputHashes: { weightsHash: string; tokenizerHash: string; datasetHash: string | null };
  demo: boolean;
  sweepId?: string;
  createdAt?: Date;
}

/** Inserts a run, its first event and its first job: all or none. */
export async function insertRun(transaction: Transaction, run: NewRun, enqueue: EnqueueRunJob): Promise<void> {
  await transaction.run.create({ data: run });
  await appendEvent(
    transaction,
    { kind: 'run', id: run.id },
    { type: 'status', payload: { status: 'queued', stage: 'prepare' } },
  );
  await enqueue(transaction, jobFor({ stage: 'prepare', origin: run.origin }) ?? 'train', run.id);
}

/** Newest first. */
export async function listRuns(db: Db, limit: number): Promise<RunRow[]> {
  return db.prisma.run.findMany({ ...runParts, orderBy: [{ createdAt: 'desc' }, { id: 'asc' }], take: limit });
}

/** The runs of a sweep, as they were launched. */
export async function listSweepRuns(db: Db, sweepId: string): Promise<RunRow[]> {
  return db.prisma.run.findMany({ ...runParts, where: { sweepId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

export async function findRun(db: Db, id: string): Promise<RunRow | null> {
  return db.prisma.run.findUnique({ ...runParts, where: { id } });
}

/** A change that the run's state does not allow. */
export interface Refusal {
  refused: RunStatus;
}

/** Asks the worker to pause or cancel; a run that no worker holds changes at once. Null when there is no such run. */
export async function stopRun(db: Db, id: string, wanted: 'pause' | 'cancel'): Promise<Refusal | 'done' | null> {
  return db.prisma.$transaction(async (transaction) => {
    const run = await lockRun(transaction, id);
    if (run === null) return null;
    const target = wanted === 'pause' ? 'paused' : 'cancelled';
    if (run.status === target) return 'done';
    if (run.status === 'running') {
      await transaction.run.update({ where: { id }, data: { desiredState: wanted } });
      return 'done';
    }
    if (run.status !== 'queued' && !(run.status === 'paused' && wanted === 'cancel')) return { refused: run.status };
    await transaction.run.update({
      where: { id },
      data: { status: target, desiredState: wanted, finishedAt: target === 'cancelled' ? new Date() : null },
    });
    await appendEvent(
      transaction,
      { kind: 'run', id },
      { type: 'status', payload: { status: target, stage: run.stage } },
    );
    return 'done';
  });
}

/** Lets a paused, cancelled or failed run go on from its last checkpoint, in the stage in which it stopped. A run that waits or
 *  works already gets a job when it has lost the one it had. */
export async function resumeRun(db: Db, id: string, queue: RunQueue): Promise<Refusal | 'done' | null> {
  return db.prisma.$transaction(async (transaction) => {
    const run = await lockRun(transaction, id);
    if (run === null) return null;
    if (run.status === 'succeeded') return { refused: run.status };
    if (run.status === 'queued' || run.status === 'running') {
      // A pause that no worker has acted on yet is taken back.
      await transaction.run.update({ where: { id }, data: { desiredState: 'run' } });
      const { isActive, isWaiting } = await queue.jobsOf(transaction, id);
      if (!isActive && !isWaiting) await queue.enqueue(transaction, jobFor(run) ?? 'label', id);
      return 'done';
    }
    await transaction.$executeRaw`
      UPDATE "Run" SET "status" = 'queued', "desiredState" = 'run', "failure" = NULL, "finishedAt" = NULL
      WHERE "id" = ${id}::uuid`;
    await appendEvent(
      transaction,
      { kind: 'run', id },
      { type: 'status', payload: { status: 'queued', stage: run.stage } },
    );
    await queue.enqueue(transaction, jobFor(run) ?? 'label', id);
    return 'done';
  });
}

/** Removes a run with everything found in it. Refused while a worker holds it: cancel it first. */
export async function deleteRun(db: Db, id: string): Promise<Refusal | 'done' | null> {
  return db.prisma.$transaction(
    async (transaction) => {
      const run = await lockRun(transaction, id);
      if (run === null) return null;
      if (run.status === 'running') return { refused: run.status };
      await transaction.$executeRaw`
        DELETE FROM "Event" WHERE "subjectId" = ${id}::uuid
          OR "subjectId" IN (SELECT "id" FROM "SteeringExperiment" WHERE "runId" = ${id}::uuid)`;
      await transaction.run.delete({ where: { id } });
      return 'done';
    },
    // Hundreds of thousands of features may go with it.
    { timeout: 120_000 },
  );
}

export async function runIds(db: Db): Promise<Set<string>> {
  const rows = await db.prisma.run.findMany({ select: { id: true } });
  return new Set(rows.map((row) => row.id));
}

async function lockRun(
  transaction: Transaction,
  id: string,
): Promise<{ status: RunStatus; stage: RunStage; origin: RunOrigin } | null> {
  const rows = await transaction.$queryRaw<{ status: RunStatus; stage: RunStage; origin: RunOrigin }[]>`
    SELECT "status", "stage", "origin" FROM "Run" WHERE "id" = ${id}::uuid FOR UPDATE`;
  return rows[0] ?? null;
}

/** Training speed that earlier runs reached on this database's machines, newest first. Not those of sweeps, which share their time. */
export async function measuredSpeeds(
  db: Db,
): Promise<{ modelId: string; hookName: string; architecture: string; nLatents: number; tokensPerSecond: number }[]> {
  const { rows } = await db.pool.query(
    `SELECT run."modelId", run."hookName", run."architecture", run."nLatents", speed."tokensPerSecond"
     FROM (SELECT * FROM "Run" WHERE "step" > 20 AND "source" = 'model' AND "sweepId" IS NULL ORDER BY "createdAt" DESC LIMIT 5) AS run
     CROSS JOIN LATERAL (
       SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY "tokensPerSecond") AS "tokensPerSecond"
       FROM (SELECT "tokensPerSecond" FROM "Metric" WHERE "runId" = run."id" AND "tokensPerSecond" > 0
             ORDER BY "step" DESC LIMIT 200) AS recent
     ) AS speed WHERE speed."tokensPerSecond" IS NOT NULL`,
  );
  return rows;
}
