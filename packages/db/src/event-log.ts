import type { ModelEvent, RunEvent, SteeringEvent, Subject } from '@featurescope/contracts';
import type { Transaction } from './client.ts';
import { eventChannel } from './event-channel.ts';

/** The events that a subject can tell of. */
export type EventOf<Kind extends Subject['kind']> = { run: RunEvent; steering: SteeringEvent; model: ModelEvent }[Kind];

/** Tables whose rows count the events of a subject. */
export const subjectTables = { run: '"Run"', steering: '"SteeringExperiment"', model: '"Model"' } as const;

/** Appends an event to the subject's log and announces its key. The subject's row counts the sequence and stays locked until
 *  the caller commits: numbers have no gaps, readers never see a later one first, and a rolled-back event was never there.
 *  Returns its number. Throws RangeError when the subject does not exist. */
export async function appendEvent<Kind extends Subject['kind']>(
  transaction: Transaction,
  subject: { kind: Kind; id: string },
  event: EventOf<Kind>,
): Promise<number> {
  // Key format: encodeEventKey in event-channel.ts.
  const rows = await transaction.$queryRawUnsafe<{ seq: number }[]>(
    `WITH subject AS (
       UPDATE ${subjectTables[subject.kind]} SET "lastSeq" = "lastSeq" + 1 WHERE "id" = $1::uuid RETURNING "id", "lastSeq"
     ), event AS (
       INSERT INTO "Event" ("subjectId", "seq", "type", "payload")
       SELECT "id", "lastSeq", $2, $3::jsonb FROM subject
     )
     SELECT "lastSeq" AS seq, pg_notify('${eventChannel}', "id" || ' ' || "lastSeq")::text FROM subject`,
    subject.id,
    event.type,
    JSON.stringify(event.payload),
  );
  if (rows.length === 0) throw new RangeError(`There is no ${subject.kind} ${subject.id} to append an event to`);
  return rows[0].seq;
}
