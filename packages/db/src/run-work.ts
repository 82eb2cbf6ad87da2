import type {
  Decomposition,
  Evaluation,
  JobName,
  Progress,
  Recovery,
  RunStage,
  RunStatus,
  StoredActivations,
} from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { appendEvent } from './event-log.ts';
import type { Claim } from './fencing.ts';
import { Prisma } from './generated/client.ts';

async function readWork(db: Db, runId: string) {
  return db.prisma.run.findUniqueOrThrow({
    where: { id: runId },
    include: { model: true, dataset: true, corpus: true },
  });
}
type WorkRow = Awaited<ReturnType<typeof readWork>>;

/** What a worker needs to know of a run on a model's activations. */
export type RunForWork = WorkRow & {
  modelId: string;
  datasetId: string;
  model: NonNullable<WorkRow['model']>;
  dataset: NonNullable<WorkRow['dataset']>;
};
/** The same of a run on synthetic data. */
export type SyntheticRunForWork = WorkRow & { source: 'synthetic'; model: null; dataset: null };
export type AnyRunForWork = RunForWork | SyntheticRunForWork;

export const isSyntheticRun = (run: AnyRunForWork): run is SyntheticRunForWork => run.source === 'synthetic';

/** Throws when there is no such run. */
export async function readAnyRunForWork(db: Db, runId: string): Promise<AnyRunForWork> {
  return (await readWork(db, runId)) as AnyRunForWork;
}

/** Throws when there is no such run, and for a run on synthetic data. */
export async function readRunForWork(db: Db, runId: string): Promise<RunForWork> {
  const run = await readAnyRunForWork(db, runId);
  if (isSyntheticRun(run)) throw new RangeError(`Run ${runId} is on synthetic data and has no model`);
  return run;
}

export type DesiredState = 'run' | 'pause' | 'cancel';

/** Whether a run's dictionary was trained here, came with its files, or is a classical decomposition. */
export type RunOrigin = 'trained' | 'imported' | 'fitted';

const jobOfStage: Record<RunStage, JobName | null> = {
  prepare: 'train',
  train: 'train',
  fit: 'train',
  evaluate: 'train',
  index: 'index',
  label: 'label',
  done: null,
};

/** Which job does a run's stage. What training does for its dictionary, the index job does for an imported one. */
export function jobFor({ stage, origin }: { stage: RunStage; origin: RunOrigin }): JobName | null {
  const job = jobOfStage[stage];
  return job === 'train' && origin === 'imported' ? 'index' : job;
}

/** Claims a run for a job and marks it as running, unless the job has nothing to do: its run is deleted, stopped, or past the
 *  job's stages, because an earlier attempt finished and only the answer to the queue was lost. Then null. */
export async function beginRunJob(
  db: Db,
  runId: string,
  job: JobName,
): Promise<{ claim: Claim; desiredState: DesiredState } | null> {
  return db.prisma.$transaction(async (transaction) => {
    const rows = await transaction.$queryRaw<
      { status: RunStatus; stage: RunStage; origin: RunOrigin; desiredState: DesiredState; fence: number }[]
    >`
      SELECT "status", "stage", "origin", "desiredState", "fence" FROM "Run" WHERE "id" = ${runId}::uuid FOR UPDATE`;
    const run = rows[0];
    if (!run || jobFor(run) !== job || (run.status !== 'queued' && run.status !== 'running')) return null;
    const fence = run.fence + 1;
    await transaction.$executeRaw`
      UPDATE "Run" SET "fence" = ${fence}, "status" = 'running', "ridesOnJob" = NULL,
        "startedAt" = COALESCE("startedAt", now())
      WHERE "id" = ${runId}::uuid`;
    if (run.status !== 'running') await announce(transaction, runId, { status: 'running', stage: run.stage });
    return { claim: { runId, fence }, desiredState: run.desiredState };
  });
}

/** What a worker may change on a run's row beside its state. */
export interface RunChanges {
  corpusId?: string;
  activationSetId?: string;
  /** With how many chunks were counted. */
  activationUse?: StoredActivations & { countedChunks: number };
  /** Null when the run is no longer trained in the process of another run's job. */
  ridesOnJob?: null;
  step?: number;
  progress?: Progress | null;
  evaluation?: Evaluation;
  recovery?: Recovery;
  /** The request of a fitted run with what was found. */
  decomposition?: Decomposition;
  excludedRows?: { bos: number; outlierNorm: number };
  resolvedConfig?: Prisma.InputJsonObject;
  failure?: { code: string; message: string; step: number | null; retryable: boolean } | null;
  nFeatures?: number;
  nIndexedTokens?: number;
  nLabelled?: number;
}

export async function updateRun(transaction: Transaction, runId: string, changes: RunChanges): Promise<void> {
  const { progress, failure, ...others } = changes;
  await transaction.run.update({
    where: { id: runId },
    data: {
      ...others,
      ...(progress === undefined ? {} : { progress: progress ?? Prisma.DbNull }),
      ...(failure === undefined ? {} : { failure: failure ?? Prisma.DbNull }),
    },
  });
}

/** Moves a run to a state and logs it; nothing when it is there already. `finishedAt` follows from the status. */
export async function setRunState(
  transaction: Transaction,
  runId: string,
  state: { status: RunStatus; stage: RunStage },
): Promise<void> {
  const current = await readRunState(transaction, runId);
  if (current.status === state.status && current.stage === state.stage) return;
  const isFinal = state.status === 'succeeded' || state.status === 'failed' || state.status === 'cancelled';
  await transaction.run.update({ where: { id: runId }, data: { ...state, finishedAt: isFinal ? new Date() : null } });
  await announce(transaction, runId, state);
}

/** The stage and wish as of now, inside the transaction that locked the row. */
export async function readRunState(
  transaction: Transaction,
  runId: string,
): Promise<{ status: RunStatus; stage: RunStage; desiredState: DesiredState; source: 'model' | 'synthetic' }> {
  const run = await transaction.run.findUniqueOrThrow({
    where: { id: runId },
    select: { status: true, stage: true, desiredState: true, source: true },
  });
  return run as Awaited<ReturnType<typeof readRunState>>;
}

/** What the user wants of a run, and whether this claim still holds it: what a worker asks about once a second. */
export async function readDesiredState(db: Db, claim: Claim): Promise<DesiredState | 'fenced'> {
  const { rows } = await db.pool.query<{ desiredState: DesiredState; fence: number }>(
    'SELECT "desiredState", "fence" FROM "Run" WHERE "id" = $1',
    [claim.runId],
  );
  return rows[0]?.fence === claim.fence ? rows[0].desiredState : 'fenced';
}

async function announce(transaction: Transaction, runId: string, payload: { status: RunStatus; stage: RunStage }) {
  await appendEvent(transaction, { kind: 'run', id: runId }, { type: 'status', payload });
}
