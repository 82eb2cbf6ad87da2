import pg from 'pg';
import type { Db } from './client.ts';
import { steeringLockKey } from './steering-results.ts';

const reconnectMs = 500;

/** A process's hold on the experiments it works on. */
export interface SteeringHold {
  /** Resolves when the experiment is held. */
  hold(id: string): Promise<void>;
  release(id: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Holds experiments by advisory locks of one connection, which end with the process however it ends: that is how others see
 * that nobody works on an experiment any more (`failAbandonedSteering`). After a broken connection everything is held again.
 */
export function openSteeringHold(db: Db, onError: (error: Error) => void): SteeringHold {
  const held = new Set<string>();
  let connection: Promise<pg.Client> | null = null;
  let isClosed = false;

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: db.databaseUrl,
      application_name: 'featurescope-steering',
      keepAlive: true,
    });
    client.on('error', (error) => {
      onError(error);
      lost();
    });
    await client.connect();
    for (const id of held) await lock(client, id);
    return client;
  }

  function lost(): void {
    connection = null;
    if (held.size > 0 && !isClosed) setTimeout(() => connected().catch(onError), reconnectMs).unref();
  }

  function connected(): Promise<pg.Client> {
    connection ??= connect().catch((error) => {
      lost();
      throw error;
    });
    return connection;
  }

  return {
    async hold(id) {
      const client = await connected();
      await lock(client, id);
      held.add(id);
    },
    async release(id) {
      held.delete(id);
      // With the connection the lock went too.
      const client = await connection?.catch(() => null);
      await client?.query(`SELECT pg_advisory_unlock(${steeringLockKey('$1')})`, [id]).catch(() => {});
    },
    async close() {
      isClosed = true;
      const client = await connection?.catch(() => null);
      await client?.end().catch(() => {});
    },
  };
}

async function lock(client: pg.Client, id: string): Promise<void> {
  await client.query(`SELECT pg_advisory_lock(${steeringLockKey('$1')})`, [id]);
}
