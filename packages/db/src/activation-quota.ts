import { allShardBytes, isReadingSets } from './activation-sets.ts';
import type { Db, Transaction } from './client.ts';

export interface ShardKey {
  setId: string;
  index: number;
}

export interface ShardRoom extends ShardKey {
  sizeBytes: number;
  nRows: number;
  /** What all sets may take together, given what they take now. */
  quotaBytes(usedBytes: number): number;
}

/** Any number: whoever makes room takes turns. */
const reservationLock = 7_311_201;

/** Makes room for a shard and counts it as stored. Where the quota is reached, shards of the sets that were not used for longest
 *  go, the last of a set first, so that smaller runs still find theirs; never those of a set that a running run reads, nor the
 *  shard's own set. Null when that is not enough: nothing is evicted then. Else the shards whose files are to be removed. */
export async function reserveShard(db: Db, room: ShardRoom): Promise<ShardKey[] | null> {
  const { setId, index, sizeBytes, nRows } = room;
  return db.prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${reservationLock}::bigint)`;
    const where = { setId_index: { setId, index } };
    const old = await transaction.activationShard.findUnique({ where });
    const usedBytes = (await allShardBytes({ prisma: transaction })) - Number(old?.sizeBytes ?? 0);
    const evicted = await chooseEvictions(transaction, setId, usedBytes + sizeBytes - room.quotaBytes(usedBytes));
    if (evicted === null) return null;
    for (const { setId: from, index: gone } of evicted)
      await transaction.activationShard.delete({ where: { setId_index: { setId: from, index: gone } } });
    const values = { sizeBytes, nRows };
    await transaction.activationShard.upsert({ where, create: { setId, index, ...values }, update: values });
    return evicted;
  });
}

/** As many candidates, in order, as make up for `excess` bytes; null when there are not that many. */
async function chooseEvictions(transaction: Transaction, ownSetId: string, excess: number): Promise<ShardKey[] | null> {
  if (excess <= 0) return [];
  const reading = await transaction.run.findMany({
    where: { activationSetId: { not: null }, ...isReadingSets },
    select: { activationSetId: true },
  });
  const keptSets = [ownSetId, ...reading.flatMap(({ activationSetId }) => activationSetId ?? [])];
  const chosen = await transaction.$queryRaw<(ShardKey & { sizeBytes: number })[]>`
    SELECT "setId", "index", "sizeBytes"::float8 AS "sizeBytes" FROM (
      SELECT shard."setId", shard."index", shard."sizeBytes",
             sum(shard."sizeBytes") OVER (ORDER BY "set"."lastUsedAt", "set"."id", shard."index" DESC) AS "freed"
      FROM "ActivationShard" AS shard JOIN "ActivationSet" AS "set" ON "set"."id" = shard."setId"
      WHERE shard."setId" <> ALL(${keptSets}::uuid[])
    ) AS candidate
    WHERE "freed" - "sizeBytes" < ${excess}
    ORDER BY "freed"`;
  const freed = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return freed >= excess ? chosen.map(({ setId, index }) => ({ setId, index })) : null;
}

/** A shard that turned out not to be there, or that could not be written. */
export async function forgetShard(db: Db, { setId, index }: ShardKey): Promise<void> {
  await db.prisma.activationShard.deleteMany({ where: { setId, index } });
}

/** What is there of a set, as its files say: rows without files go, files without rows get one. nRows: 0 where it is not known. */
export async function healShards(db: Db, setId: string, present: Map<number, number>): Promise<void> {
  await db.prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${reservationLock}::bigint)`;
    const known = await transaction.activationShard.findMany({ where: { setId }, select: { index: true } });
    const rows = new Set(known.map(({ index }) => index));
    const gone = [...rows].filter((index) => !present.has(index));
    await transaction.activationShard.deleteMany({ where: { setId, index: { in: gone } } });
    const found = [...present].filter(([index]) => !rows.has(index));
    await transaction.activationShard.createMany({
      data: found.map(([index, sizeBytes]) => ({ setId, index, sizeBytes, nRows: 0 })),
    });
  });
}
