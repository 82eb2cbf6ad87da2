import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { applyMigrations } from './apply-migrations.mjs';
import { startPostgres } from './postgres.mjs';

/**
 * @typedef {object} Database
 * @property {string} url
 * @property {(timeoutMs?: number) => Promise<void>} stop
 */

/**
 * The database with all migrations: the one of DATABASE_URL, else the embedded one, which is kept running.
 * @param {import('./install.mjs').SetupContext} context
 * @param {string | undefined} givenUrl DATABASE_URL
 * @returns {Promise<Database>}
 */
export async function openDatabase(context, givenUrl) {
  const { terminal, root } = context;
  const database = givenUrl
    ? { url: await checkedUrl(givenUrl), stop: async () => {} }
    : await terminal.step('Starting PostgreSQL', (progress) => embedded(context, progress));
  try {
    const applied = await terminal.step('Applying migrations', () =>
      applyMigrations(database.url, path.join(root, 'prisma/migrations')),
    );
    if (applied.length > 0) terminal.say(`✓ Migrations applied: ${applied.join(', ')}`);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** @param {string} url */
async function checkedUrl(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    const { host, pathname } = new URL(url);
    throw new Error(`The database of DATABASE_URL (${host}${pathname}) cannot be used: ${cause}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
  return url;
}

/**
 * @param {import('./install.mjs').SetupContext} context
 * @param {import('./terminal.mjs').Progress} progress
 * @returns {Promise<Database>}
 */
async function embedded({ dataDirectory, signal, terminal }, progress) {
  const options = {
    dataDirectory: path.join(dataDirectory, 'postgres'),
    logFile: path.join(dataDirectory, 'logs/postgres.log'),
    signal,
  };
  let server = await startPostgres({ ...options, report: progress });
  const { port, url } = server;
  let stopping = false;

  async function keepRunning() {
    for (let failures = 0; ; failures++) {
      await server.exited;
      if (stopping) return;
      terminal.say('[postgres] ended unexpectedly; starting it again');
      await sleep(Math.min(30_000, 500 * 2 ** failures));
      if (stopping) return;
      server = await startPostgres({ ...options, port, report: (line) => terminal.say(`[postgres] ${line}`) });
      if (server.port !== port) throw new Error(`PostgreSQL's port ${port} was taken by another program. Start again.`);
      terminal.say('[postgres] is back');
    }
  }
  keepRunning().catch((error) => {
    if (stopping || signal.aborted) return;
    terminal.say(`[postgres] ${error.message}`);
    process.kill(process.pid, 'SIGTERM');
  });
  return {
    url,
    stop(timeoutMs) {
      stopping = true;
      return server.stop(timeoutMs);
    },
  };
}
