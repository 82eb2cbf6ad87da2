import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '@featurescope/db';

/** Makes whoever inserts a certain row wait inside its transaction: a place at which a process can be killed for certain.
 *  `where` is SQL on NEW, the row. */
export async function blockInserts(db: Db, table: string, where: string) {
  const holder = await db.pool.connect();
  await holder.query('SELECT pg_advisory_lock(7)');
  await holder.query(`
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;
    CREATE TRIGGER wait_for_the_test BEFORE INSERT ON "${table}" FOR EACH ROW WHEN (${where})
      EXECUTE FUNCTION wait_for_the_test()`);
  return {
    /** Resolves when somebody waits. */
    async reached(): Promise<void> {
      for (;;) {
        const { rowCount } = await holder.query(
          `SELECT 1 FROM pg_stat_activity
           WHERE "datname" = current_database() AND "wait_event_type" = 'Lock' AND "wait_event" = 'advisory'`,
        );
        if (rowCount) return;
        await sleep(10);
      }
    },
    async lift(): Promise<void> {
      await holder.query('SELECT pg_advisory_unlock(7)');
      await holder.query(`DROP TRIGGER wait_for_the_test ON "${table}"; DROP FUNCTION wait_for_the_test()`);
      holder.release();
    },
  };
}
