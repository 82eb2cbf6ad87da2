import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** The advisory lock that Prisma Migrate itself takes: the two never run at once. */
const PRISMA_LOCK = 72707369;

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** Says which migration cannot be applied, and what to do. */
export class MigrationError extends Error {
  /** @override */
  name = 'MigrationError';
}

/**
 * The committed migrations in their order.
 * @param {string} directory the one that holds a directory for each migration
 * @returns {{name: string, sql: string, checksum: string}[]}
 */
export function readMigrations(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(directory, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Applies what is committed and not yet applied, keeping `_prisma_migrations` as Prisma does, so that its own
 * `migrate status` agrees. A migration's SQL and its row commit together: killed at any moment, nothing is half-applied.
 * Throws MigrationError when an applied migration was edited, when a failed one is recorded, and when the SQL fails.
 * @param {string} databaseUrl
 * @param {string} directory
 * @returns {Promise<string[]>} names of those applied now
 */
export async function applyMigrations(databaseUrl, directory) {
  const client = new pg.Client({ connectionString: databaseUrl });
  // A lost connection also rejects the query that is under way, which is where it is handled.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query(CREATE_TABLE);
    const recorded = await client.query(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const pending = pendingMigrations(readMigrations(directory), recorded.rows);
    for (const migration of pending) await applyOne(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    // Ends the session, and its advisory lock with it.
    await client.end();
  }
}

/**
 * @param {{name: string, sql: string, checksum: string}[]} committed
 * @param {{migration_name: string, checksum: string, finished_at: Date | null}[]} recorded
 */
function pendingMigrations(committed, recorded) {
  const failed = recorded.find((row) => row.finished_at === null);
  if (failed) {
    throw new MigrationError(
      `The database records the migration ${failed.migration_name} as failed. Repair what it left, then mark its row in _prisma_migrations as rolled back (rolled_back_at = now()).`,
    );
  }
  return committed.filter((migration) => {
    const row = recorded.find((candidate) => candidate.migration_name === migration.name);
    if (row && row.checksum !== migration.checksum) {
      throw new MigrationError(
        `The migration ${migration.name} was edited after it was applied to this database (checksum ${migration.checksum.slice(0, 12)}…, applied ${row.checksum.slice(0, 12)}…). Restore its file and put the change into a new migration.`,
      );
    }
    return !row;
  });
}

/**
 * @param {pg.Client} client
 * @param {{name: string, sql: string, checksum: string}} migration
 */
async function applyOne(client, migration) {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new MigrationError(`The migration ${migration.name} failed and nothing of it was kept: ${cause}`, { cause });
  }
}
