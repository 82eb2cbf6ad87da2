import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDb, type Db } from '@featurescope/db';
import { applyMigrations } from '../scripts/launch/apply-migrations.mjs';
import { startPostgres } from '../scripts/launch/postgres.mjs';

const migrations = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** Runs `work` on an embedded PostgreSQL of its own, as the product starts it, and removes it. */
export async function withTemporaryDatabase<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'featurescope-bench-'));
  const postgres = await startPostgres({ dataDirectory: path.join(directory, 'postgres') });
  try {
    await applyMigrations(postgres.url, migrations);
    const db = createDb(postgres.url);
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
