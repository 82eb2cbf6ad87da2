import type { Db } from './client.ts';

/** Says that this worker is alive; call it every 10 s. Also forgets workers that were not seen for a day. */
export async function reportWorker(db: Db, workerId: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO "Worker" ("id", "seenAt") VALUES ($1, now()) ON CONFLICT ("id") DO UPDATE SET "seenAt" = now()`,
    [workerId],
  );
  await db.pool.query(`DELETE FROM "Worker" WHERE "seenAt" < now() - interval '1 day'`);
}

/** Called when a worker stops in order. */
export async function removeWorker(db: Db, workerId: string): Promise<void> {
  await db.pool.query(`DELETE FROM "Worker" WHERE "id" = $1`, [workerId]);
}

/** Workers seen in the last 30 seconds. */
export async function countLiveWorkers(db: Db): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM "Worker" WHERE "seenAt" > now() - interval '30 seconds'`,
  );
  return rows[0].n;
}
