import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent, Subject } from '@featurescope/contracts';
import pg from 'pg';
import type { Db } from './client.ts';
import { decodeEventKey, eventChannel } from './event-channel.ts';
import { subjectTables } from './event-log.ts';

export interface EventFeedHandlers {
  /** A row was committed. */
  onEvent(key: { subjectId: string; seq: number }): void;
  /** Announcements may have been missed: read what is new. Called at the first connection too. */
  onConnected(): void;
  onError(error: Error): void;
}

export interface EventFeed {
  close(): Promise<void>;
}

const heartbeatMs = 15_000;
const longestBackOffMs = 5000;

/** Listens on one connection for new events, and connects again for as long as it is open: a database that restarts costs
 *  a delay, never an event, because `onConnected` makes the caller read on from where it was. */
export function openEventFeed(databaseUrl: string, handlers: EventFeedHandlers): EventFeed {
  const closing = new AbortController();
  const running = (async () => {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      const listenedMs = await listenOnce(databaseUrl, handlers, closing.signal);
      if (listenedMs > heartbeatMs) attempt = 0;
      await sleep(Math.min(longestBackOffMs, 100 * 2 ** attempt), undefined, { signal: closing.signal }).catch(
        () => {},
      );
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** Until the connection ends; returns for how long it listened. */
async function listenOnce(databaseUrl: string, handlers: EventFeedHandlers, signal: AbortSignal): Promise<number> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'featurescope-events',
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => {
    client.on('end', resolve);
    client.on('error', (error) => {
      handlers.onError(error);
      resolve();
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const began = Date.now();
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    client.on('notification', ({ payload }) => {
      const key = decodeEventKey(payload ?? '');
      if (key) handlers.onEvent(key);
    });
    await client.query(`LISTEN ${eventChannel}`);
    handlers.onConnected();
    // A connection that died without a word (a host that vanished) shows only when something is sent.
    heartbeat = setInterval(() => {
      client.query('SELECT 1').catch(() => {});
    }, heartbeatMs);
    await ended;
  } catch (error) {
    handlers.onError(error as Error);
  } finally {
    clearInterval(heartbeat);
    await client.end().catch(() => {});
  }
  return Date.now() - began;
}

/** Events of one subject after a sequence number, in order, at most `limit`. */
export async function readEvents(
  db: Db,
  subjectId: string,
  range: { afterSeq: number; limit: number },
): Promise<StoredEvent[]> {
  const { rows } = await db.pool.query<{ seq: number; type: string; payload: unknown; at: Date }>(
    `SELECT "seq", "type", "payload", "at" FROM "Event" WHERE "subjectId" = $1 AND "seq" > $2 ORDER BY "seq" LIMIT $3`,
    [subjectId, range.afterSeq, range.limit],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as StoredEvent);
}

/** The newest sequence number of a subject; null when there is none with this id. */
export async function readLastSeq(db: Db, subject: Subject): Promise<number | null> {
  const { rows } = await db.pool.query<{ lastSeq: number }>(
    `SELECT "lastSeq" FROM ${subjectTables[subject.kind]} WHERE "id" = $1`,
    [subject.id],
  );
  return rows[0]?.lastSeq ?? null;
}
