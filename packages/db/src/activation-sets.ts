import type { Db, Transaction } from './client.ts';
import { idOfContent } from './content-id.ts';
import type { Prisma } from './generated/client.ts';

/** What a set's rows are a function of. */
export interface ActivationSetKey {
  weightsHash: string;
  tokenizerHash: string;
  datasetHash: string;
  hookName: string;
  contextSize: number;
  /** Of the shards' format, which grows when the rows of a shard would be others. */
  formatVersion: number;
}

export function activationSetIdOf(key: ActivationSetKey): string {
  const { weightsHash, tokenizerHash, datasetHash, hookName, contextSize, formatVersion } = key;
  return idOfContent([weightsHash, tokenizerHash, datasetHash, hookName, contextSize, formatVersion]);
}

export type NewActivationSet = Omit<ActivationSetKey, 'formatVersion'> & {
  id: string;
  width: number;
  nShards: number;
  modelName: string;
  datasetName: string;
};

/** Records a set, or that it is used again. */
export async function recordActivationSet(db: Db, set: NewActivationSet): Promise<void> {
  await db.prisma.activationSet.upsert({ where: { id: set.id }, create: set, update: { lastUsedAt: new Date() } });
}

/** A run reads its set from here to the end of its index. */
const readingStages = ['prepare', 'train', 'evaluate', 'index'];
export const isReadingSets = { status: 'running', stage: { in: readingStages } } satisfies Prisma.RunWhereInput;

export interface ActivationSetRow {
  id: string;
  modelName: string;
  datasetName: string;
  hookName: string;
  contextSize: number;
  width: number;
  nShards: number;
  lastUsedAt: Date;
  sizeBytes: number;
  nRows: number;
  nStoredShards: number;
  runs: { id: string; name: string }[];
  isInUse: boolean;
}

/** Last used first. */
export async function listActivationSets(db: Db): Promise<ActivationSetRow[]> {
  const { rows } = await db.pool.query<ActivationSetRow>(
    `SELECT "set"."id", "modelName", "datasetName", "set"."hookName", "set"."contextSize", "width", "set"."nShards", "lastUsedAt",
            COALESCE(shard."sizeBytes", 0)::float8 AS "sizeBytes", COALESCE(shard."nRows", 0)::float8 AS "nRows",
            COALESCE(shard."count", 0)::int AS "nStoredShards",
            COALESCE(run."runs", '[]') AS "runs", COALESCE(run."isInUse", false) AS "isInUse"
     FROM "ActivationSet" AS "set"
     LEFT JOIN (SELECT "setId", sum("sizeBytes") AS "sizeBytes", sum("nRows") AS "nRows", count(*) AS "count"
                FROM "ActivationShard" GROUP BY "setId") AS shard ON shard."setId" = "set"."id"
     LEFT JOIN (SELECT "activationSetId", json_agg(json_build_object('id', "id", 'name', "name") ORDER BY "createdAt" DESC) AS "runs",
                       bool_or("status" = 'running' AND "stage" = ANY($1)) AS "isInUse"
                FROM "Run" WHERE "activationSetId" IS NOT NULL GROUP BY "activationSetId") AS run
            ON run."activationSetId" = "set"."id"
     ORDER BY "lastUsedAt" DESC, "set"."id"`,
    [readingStages],
  );
  return rows;
}

/** What is stored of a set's first `nShards` shards. */
export async function storedShardBytes(
  db: Db,
  setId: string,
  nShards: number,
): Promise<{ nShards: number; sizeBytes: number }> {
  const { _sum, _count } = await db.prisma.activationShard.aggregate({
    where: { setId, index: { lt: nShards } },
    _sum: { sizeBytes: true },
    _count: true,
  });
  return { nShards: _count, sizeBytes: Number(_sum.sizeBytes ?? 0) };
}

/** What all sets take together. client: a transaction's, where it decides something. */
export async function allShardBytes({ prisma }: { prisma: Pick<Transaction, 'activationShard'> }): Promise<number> {
  const { _sum } = await prisma.activationShard.aggregate({ _sum: { sizeBytes: true } });
  return Number(_sum.sizeBytes ?? 0);
}

/** Forgets a set; its files are to be removed afterwards. Null when there is none. */
export async function deleteActivationSet(db: Db, id: string): Promise<'in_use' | 'done' | null> {
  return db.prisma.$transaction(async (transaction) => {
    if ((await transaction.activationSet.count({ where: { id } })) === 0) return null;
    if ((await transaction.run.count({ where: { activationSetId: id, ...isReadingSets } })) > 0) return 'in_use';
    await transaction.activationSet.delete({ where: { id } });
    return 'done';
  });
}
