import type { LaneName, LaneToken, SteeringEvent, SteeringResult } from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { appendEvent } from './event-log.ts';

/** Stores the prompt's tokens and tells of them. */
export async function beginSteering(db: Db, id: string, tokens: { tokenId: number; text: string }[]): Promise<void> {
  await db.prisma.$transaction(async (transaction) => {
    await transaction.steeringExperiment.update({ where: { id }, data: { promptTokens: tokens } });
    await appendEvent(transaction, { kind: 'steering', id }, { type: 'prompt', payload: { tokens } });
  });
}

/** Appends events of an experiment that is under way, in one transaction. */
export async function appendSteeringEvents(db: Db, id: string, events: SteeringEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.prisma.$transaction(async (transaction) => {
    for (const event of events) await appendEvent(transaction, { kind: 'steering', id }, event);
  });
}

export type SteeringLanes = Record<Exclude<LaneName, 'control'>, LaneToken[]> & { control: LaneToken[] | null };

/** Stores what an experiment came to; nothing when it ended otherwise in the meantime. */
export async function finishSteering(
  db: Db,
  id: string,
  { lanes, result }: { lanes: SteeringLanes; result: SteeringResult },
): Promise<void> {
  await db.prisma.$transaction(async (transaction) => {
    const data = { status: 'succeeded', lanes, result };
    const { count } = await transaction.steeringExperiment.updateMany({ where: { id, status: 'running' }, data });
    if (count > 0) await appendEvent(transaction, { kind: 'steering', id }, { type: 'result', payload: result });
  });
}

export async function failSteering(db: Db, id: string, failure: { code: string; message: string }): Promise<void> {
  await db.prisma.$transaction((transaction) => failWithin(transaction, id, failure));
}

async function failWithin(transaction: Transaction, id: string, failure: { code: string; message: string }) {
  const { count } = await transaction.steeringExperiment.updateMany({
    where: { id, status: 'running' },
    data: { status: 'failed', failure },
  });
  if (count > 0) await appendEvent(transaction, { kind: 'steering', id }, { type: 'failed', payload: failure });
}

/** SQL of the advisory lock that stands for work on an experiment. id: SQL, text. */
export const steeringLockKey = (id: string) => `hashtextextended('featurescope steering ' || ${id}, 0)`;

/** Longer than the server waits for inference to take an experiment on. */
const takenOnWithin = '90 seconds';

/** Ends experiments that say they run though no process holds them (`openSteeringHold`): the one that did was killed, or the
 *  server was before it could hand them over. Returns their ids. */
export async function failAbandonedSteering(db: Db): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT "id" FROM "SteeringExperiment"
     WHERE "status" = 'running' AND ("lastSeq" > 0 OR "createdAt" < now() - interval '${takenOnWithin}')`,
  );
  const failed: string[] = [];
  for (const { id } of rows) {
    const isFree = await db.prisma.$transaction(async (transaction) => {
      const [lock] = await transaction.$queryRawUnsafe<{ isFree: boolean }[]>(
        `SELECT pg_try_advisory_xact_lock(${steeringLockKey('$1')}) AS "isFree"`,
        id,
      );
      if (lock.isFree) await failWithin(transaction, id, abandoned);
      return lock.isFree;
    });
    if (isFree) failed.push(id);
  }
  return failed;
}

const abandoned = {
  code: 'inference_unavailable',
  message: 'The process that ran this experiment was killed. Run it again.',
};
