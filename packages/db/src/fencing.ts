import type { Db, Transaction } from './client.ts';

/** A worker's hold on a run. It ends when another worker claims the run: from then on every write under it is refused. */
export interface Claim {
  runId: string;
  fence: number;
}

/** Another worker has taken the run: whoever gets this stops at once and leaves the run's rows and files alone. */
export class FencedError extends Error {
  override name = 'FencedError';
  readonly claim: Claim;

  constructor(claim: Claim) {
    super(`Run ${claim.runId} was taken over by another worker (fence ${claim.fence} is no longer the newest)`);
    this.claim = claim;
  }
}

/** Takes the run away from whoever held it. Null when there is no such run. */
export async function claimRun(db: Db, runId: string): Promise<Claim | null> {
  const { rows } = await db.pool.query<{ fence: number }>(
    'UPDATE "Run" SET "fence" = "fence" + 1 WHERE "id" = $1 RETURNING "fence"',
    [runId],
  );
  return rows.length === 0 ? null : { runId, fence: rows[0].fence };
}

/** Runs `work` in a transaction that holds the run's row locked, so that the claim cannot be lost before it commits.
 *  Throws FencedError, with nothing written, when the claim is not the newest, or the run is gone. */
export async function fenced<T>(db: Db, claim: Claim, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return db.prisma.$transaction(async (transaction) => {
    const held = await transaction.$queryRaw<unknown[]>`
      SELECT 1 FROM "Run" WHERE "id" = ${claim.runId}::uuid AND "fence" = ${claim.fence} FOR UPDATE`;
    if (held.length === 0) throw new FencedError(claim);
    return work(transaction);
  });
}
