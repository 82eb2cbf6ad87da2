import type { AnalysisFailure, AnalysisKind, AnalysisProgress, AnalysisStatus } from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { idOfContent } from './content-id.ts';
import { Prisma } from './generated/client.ts';

const summaryFields = {
  id: true,
  kind: true,
  runId: true,
  otherRunId: true,
  request: true,
  status: true,
  progress: true,
  result: true,
  failure: true,
  createdAt: true,
  finishedAt: true,
} as const satisfies Prisma.AnalysisSelect;

/** An analysis without the data of its lists. */
export type AnalysisRow = Prisma.AnalysisGetPayload<{ select: typeof summaryFields }>;

export interface NewAnalysis {
  kind: AnalysisKind;
  runId: string;
  otherRunId?: string;
  request: Prisma.InputJsonObject;
  /** What else decides the result: versions of definitions, hashes of dictionaries. */
  inputs: (string | number)[];
}

export type EnqueueAnalysis = (transaction: Transaction, analysisId: string) => Promise<void>;

/** The analysis of these inputs: the one that exists, or a new one with its job. One that failed is tried again. */
export async function requestAnalysis(db: Db, wanted: NewAnalysis, enqueue: EnqueueAnalysis): Promise<string> {
  const { kind, runId, otherRunId = null, request, inputs } = wanted;
  const id = idOfContent([kind, runId, otherRunId ?? '', JSON.stringify(request), ...inputs]);
  await db.prisma.$transaction(async (transaction) => {
    const nInserted = await transaction.$executeRaw`
      INSERT INTO "Analysis" ("id", "kind", "runId", "otherRunId", "request")
      VALUES (${id}::uuid, ${kind}, ${runId}::uuid, ${otherRunId}::uuid, ${JSON.stringify(request)}::jsonb)
      ON CONFLICT ("id") DO NOTHING`;
    const nRevived =
      nInserted === 0
        ? await transaction.$executeRaw`
            UPDATE "Analysis" SET "status" = 'queued', "failure" = NULL, "progress" = NULL, "finishedAt" = NULL
            WHERE "id" = ${id}::uuid AND "status" = 'failed'`
        : 0;
    if (nInserted + nRevived > 0) await enqueue(transaction, id);
  });
  return id;
}

/** A worker's hold on an analysis. */
export interface AnalysisClaim {
  analysisId: string;
  fence: number;
}

/** Another worker has it, or it was deleted: nothing was written, and nothing more may be. */
export class AnalysisLostError extends Error {
  override name = 'AnalysisLostError';
}

/** Takes an analysis for a worker. Null when it is done, failed, or gone. */
export async function claimAnalysis(db: Db, analysisId: string): Promise<AnalysisClaim | null> {
  const { rows } = await db.pool.query<{ fence: number }>(
    `UPDATE "Analysis" SET "fence" = "fence" + 1, "status" = 'running'
     WHERE "id" = $1 AND "status" IN ('queued', 'running') RETURNING "fence"`,
    [analysisId],
  );
  return rows.length === 0 ? null : { analysisId, fence: rows[0].fence };
}

export interface AnalysisChanges {
  status?: AnalysisStatus;
  progress?: AnalysisProgress | null;
  result?: Prisma.InputJsonObject;
  data?: Uint8Array<ArrayBuffer>;
  failure?: AnalysisFailure;
  finishedAt?: Date;
}

/** Throws AnalysisLostError, with nothing written, when the claim is not the newest or the analysis is gone. */
export async function updateAnalysis(
  db: Db,
  { analysisId, fence }: AnalysisClaim,
  { progress, ...changes }: AnalysisChanges,
): Promise<void> {
  const { count } = await db.prisma.analysis.updateMany({
    where: { id: analysisId, fence },
    data: { ...changes, ...(progress === undefined ? {} : { progress: progress ?? Prisma.DbNull }) },
  });
  if (count === 0) throw new AnalysisLostError(`Analysis ${analysisId} was taken over or deleted (fence ${fence})`);
}

export async function findAnalysis(db: Db, id: string): Promise<AnalysisRow | null> {
  return db.prisma.analysis.findUnique({ where: { id }, select: summaryFields });
}

/** Newest first. runId: only those that the run takes part in. */
export async function listAnalyses(
  db: Db,
  { kind, runId, limit }: { kind: AnalysisKind; runId?: string; limit: number },
): Promise<AnalysisRow[]> {
  return db.prisma.analysis.findMany({
    select: summaryFields,
    where: { kind, ...(runId === undefined ? {} : { OR: [{ runId }, { otherRunId: runId }] }) },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit,
  });
}

/** What its lists are made of; null before it is done. */
export async function readAnalysisData(db: Db, id: string): Promise<Uint8Array | null> {
  const row = await db.prisma.analysis.findUnique({ where: { id }, select: { data: true } });
  return row?.data ?? null;
}

/** False when there is none. A worker that is at it notices with its next write. */
export async function deleteAnalysis(db: Db, id: string): Promise<boolean> {
  const { count } = await db.prisma.analysis.deleteMany({ where: { id } });
  return count > 0;
}

/** Gives unfinished analyses that lost their job another. `hasJob` looks as the transaction sees it. Returns those that were mended. */
export async function reviveAnalyses(
  db: Db,
  queue: { enqueue: EnqueueAnalysis; hasJob(transaction: Transaction, analysisId: string): Promise<boolean> },
): Promise<string[]> {
  const unfinished = await db.prisma.analysis.findMany({
    where: { status: { in: ['queued', 'running'] } },
    select: { id: true },
  });
  const revived: string[] = [];
  for (const { id } of unfinished) {
    await db.prisma.$transaction(async (transaction) => {
      const held = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM "Analysis" WHERE "id" = ${id}::uuid AND "status" IN ('queued', 'running') FOR UPDATE`;
      if (held.length === 0 || (await queue.hasJob(transaction, id))) return;
      await queue.enqueue(transaction, id);
      revived.push(id);
    });
  }
  return revived;
}

/** Which of a run's features fire on the text of their index, [nLatents]; null for a run without an index. */
export async function readAliveFeatures(db: Db, runId: string): Promise<Uint8Array | null> {
  const run = await db.prisma.run.findUnique({ where: { id: runId }, select: { nLatents: true, nFeatures: true } });
  if (run === null || run.nFeatures === 0) return null;
  const { rows } = await db.pool.query<{ index: number }>(
    'SELECT "index" FROM "Feature" WHERE "runId" = $1 AND NOT "dead"',
    [runId],
  );
  const alive = new Uint8Array(run.nLatents);
  for (const { index } of rows) alive[index] = 1;
  return alive;
}

/** Densities of all of a run's features, [nLatents]; 0 where there is none. */
export async function readDensities(db: Db, runId: string, nLatents: number): Promise<Float64Array> {
  const { rows } = await db.pool.query<{ index: number; density: number }>(
    'SELECT "index", "density" FROM "Feature" WHERE "runId" = $1',
    [runId],
  );
  const densities = new Float64Array(nLatents);
  for (const { index, density } of rows) if (index < nLatents) densities[index] = density;
  return densities;
}

export interface FeatureName {
  label: string | null;
  /** Of a run on synthetic data: the truth of largest cosine. */
  truth: number | null;
  density: number;
}

/** Label or truth, and density, of some features; those that do not exist are missing. */
export async function readFeatureNames(db: Db, runId: string, indices: number[]): Promise<Map<number, FeatureName>> {
  if (indices.length === 0) return new Map();
  const { rows } = await db.pool.query<FeatureName & { index: number }>(
    `SELECT "index", COALESCE("userLabel", "labelText") AS "label", "truth", "density"
     FROM "Feature" LEFT JOIN "RecoveredFeature" USING ("runId", "index")
     WHERE "runId" = $1 AND "index" = ANY($2::int[])`,
    [runId, indices],
  );
  return new Map(rows.map(({ index, ...name }) => [index, name]));
}
