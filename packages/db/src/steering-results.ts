import type { LaneName, LaneToken, SteeringEvent, SteeringResult } from '@featurescope/contracts';
import type { Db } from './client.ts';
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

export async function finishSteering(
  db: Db,
  id: string,
  { lanes, result }: { lanes: SteeringLanes; result: SteeringResult },
): Promise<void> {
  await db.prisma.$transaction(async (transaction) => {
    await transaction.steeringExperiment.update({ where: { id }, data: { status: 'succeeded', lanes, result } });
    await appendEvent(transaction, { kind: 'steering', id }, { type: 'result', payload: result });
  });
}

export async function failSteering(db: Db, id: string, failure: { code: string; message: string }): Promise<void> {
  await db.prisma.$transaction(async (transaction) => {
    const { count } = await transaction.steeringExperiment.updateMany({
      where: { id, status: 'running' },
      data: { status: 'failed', failure },
    });
    if (count > 0) await appendEvent(transaction, { kind: 'steering', id }, { type: 'failed', payload: failure });
  });
}

/** Experiments that say they run though nothing was heard of them for two minutes: the process that ran them was killed. */
export async function abandonedSteering(db: Db): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT "id" FROM "SteeringExperiment" AS experiment
     WHERE "status" = 'running' AND "createdAt" < now() - interval '2 minutes' AND NOT EXISTS (
       SELECT 1 FROM "Event" WHERE "subjectId" = experiment."id" AND "at" > now() - interval '2 minutes')`,
  );
  return rows.map(({ id }) => id);
}
