import type { CausalStatus } from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { type CausalCheck, Prisma } from './generated/client.ts';
import { steeringLockKey } from './steering-results.ts';

export type CausalCheckRow = CausalCheck;

/** A process's hold on a check. It ends when another process takes the check. */
export interface CheckClaim {
  id: string;
  fence: number;
}

type JsonObject = Prisma.InputJsonObject;

/** status: running for one that a process is asked to do at once, queued for one that waits for a worker. */
export async function insertCausalCheck(
  client: Db['prisma'] | Transaction,
  check: { id: string; runId: string; featureIndex: number | null; request: JsonObject; status: 'queued' | 'running' },
): Promise<void> {
  const kind = check.featureIndex === null ? 'run' : 'feature';
  await client.causalCheck.create({ data: { ...check, kind } });
}

export async function findCausalCheck(db: Db, id: string): Promise<CausalCheckRow | null> {
  return db.prisma.causalCheck.findUnique({ where: { id } });
}

/** Newest first. featureIndex null: the rankings of the whole run. */
export async function listCausalChecks(
  db: Db,
  { runId, featureIndex, limit }: { runId: string; featureIndex: number | null; limit: number },
): Promise<CausalCheckRow[]> {
  return db.prisma.causalCheck.findMany({
    where: { runId, featureIndex },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit,
  });
}

/** Takes a check away from whoever had it. Null when it is gone or has ended. */
export async function claimCausalCheck(db: Db, id: string): Promise<CheckClaim | null> {
  const { rows } = await db.pool.query<{ fence: number }>(
    `UPDATE "CausalCheck" SET "fence" = "fence" + 1, "status" = 'running', "startedAt" = now(), "progress" = NULL
     WHERE "id" = $1 AND "status" IN ('queued', 'running') RETURNING "fence"`,
    [id],
  );
  return rows.length === 0 ? null : { id, fence: rows[0].fence };
}

const held = ({ id, fence }: CheckClaim) => ({ id, fence, status: 'running' });

/** False when the check was cancelled, deleted or taken over: whoever works on it stops. */
export async function reportCausalProgress(
  db: Db,
  claim: CheckClaim,
  progress: { done: number; total: number },
): Promise<boolean> {
  const { count } = await db.prisma.causalCheck.updateMany({ where: held(claim), data: { progress } });
  return count > 0;
}

export async function finishCausalCheck(
  db: Db,
  claim: CheckClaim,
  { result, nPasses }: { result: JsonObject; nPasses: number },
): Promise<boolean> {
  const data = { status: 'succeeded', result, nPasses, progress: Prisma.DbNull, finishedAt: new Date() };
  const { count } = await db.prisma.causalCheck.updateMany({ where: held(claim), data });
  return count > 0;
}

/** Without a fence: whoever has it. Nothing where the check has ended already. */
export async function failCausalCheck(
  db: Db,
  { id, fence }: { id: string; fence?: number },
  failure: { code: string; message: string },
): Promise<void> {
  await db.prisma.causalCheck.updateMany({
    where: { id, fence, status: { in: ['queued', 'running'] } },
    data: { status: 'failed', failure, progress: Prisma.DbNull, finishedAt: new Date() },
  });
}

/** Its state now; null when there is none. One that had ended stays as it was. */
export async function cancelCausalCheck(db: Db, id: string): Promise<CausalStatus | null> {
  await db.prisma.causalCheck.updateMany({
    where: { id, status: { in: ['queued', 'running'] } },
    data: { status: 'cancelled', progress: Prisma.DbNull, finishedAt: new Date() },
  });
  return ((await findCausalCheck(db, id))?.status ?? null) as CausalStatus | null;
}

/** False when there was none. Whoever works on it stops. */
export async function deleteCausalCheck(db: Db, id: string): Promise<boolean> {
  const { count } = await db.prisma.causalCheck.deleteMany({ where: { id } });
  return count > 0;
}

/** What a pass took in the last checks of a model's runs; null before there were any. */
export async function measuredPassSeconds(
  db: Db,
  modelId: string,
): Promise<{ secondsPerPass: number; nChecks: number } | null> {
  const { rows } = await db.pool.query<{ seconds: number | null; nPasses: number | null; nChecks: number }>(
    `SELECT sum(EXTRACT(EPOCH FROM "finishedAt" - "startedAt"))::float8 AS "seconds", sum("nPasses")::float8 AS "nPasses",
            count(*)::int AS "nChecks"
     FROM (SELECT "check".* FROM "CausalCheck" AS "check" JOIN "Run" AS run ON run."id" = "check"."runId"
           WHERE run."modelId" = $1 AND "check"."status" = 'succeeded' AND "check"."nPasses" > 0
           ORDER BY "check"."createdAt" DESC LIMIT 5) AS recent`,
    [modelId],
  );
  const { seconds, nPasses, nChecks } = rows[0];
  return seconds && nPasses ? { secondsPerPass: seconds / nPasses, nChecks } : null;
}

/** Longer than the server waits for inference to take a check on. */
const takenOnWithin = '90 seconds';

/** Ends checks of one feature that say they are under way though no process holds them (`openSteeringHold`). Returns their ids. */
export async function failAbandonedFeatureChecks(db: Db): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `UPDATE "CausalCheck" SET "status" = 'failed', "failure" = $1::jsonb, "progress" = NULL, "finishedAt" = now()
     WHERE "kind" = 'feature' AND "status" = 'running' AND "createdAt" < now() - interval '${takenOnWithin}'
       AND pg_try_advisory_xact_lock(${steeringLockKey('"id"::text')})
     RETURNING "id"`,
    [JSON.stringify(abandonedCheck)],
  );
  return rows.map(({ id }) => id);
}

export const abandonedCheck = {
  code: 'inference_unavailable',
  message: 'The process that worked on this check was killed. Run it again.',
};

/** Rankings that somebody is to work on. */
export async function unfinishedRankings(db: Db): Promise<string[]> {
  const where = { kind: 'run', status: { in: ['queued', 'running'] } };
  return (await db.prisma.causalCheck.findMany({ where, select: { id: true } })).map(({ id }) => id);
}

/** The features that write most into the residual stream: by density times mean activation, equal ones by lower index. */
export async function readHeaviestFeatures(
  db: Db,
  runId: string,
  limit: number,
): Promise<{ featureIndex: number; density: number }[]> {
  const { rows } = await db.pool.query<{ featureIndex: number; density: number }>(
    `SELECT "index" AS "featureIndex", "density" FROM "Feature" WHERE "runId" = $1 AND NOT "dead"
     ORDER BY "density" * "meanActivation" DESC, "index" LIMIT $2`,
    [runId, limit],
  );
  return rows;
}

/** How often each feature fires that does. */
export async function readFeatureRates(db: Db, runId: string): Promise<{ featureIndex: number; density: number }[]> {
  const { rows } = await db.pool.query<{ featureIndex: number; density: number }>(
    'SELECT "index" AS "featureIndex", "density" FROM "Feature" WHERE "runId" = $1 AND "density" > 0 ORDER BY "index"',
    [runId],
  );
  return rows;
}
