/**
 * Writes migrations without Prisma's engine download.
 *   pnpm db:migrate --name add_labels   writes prisma/migrations/<time>_add_labels/migration.sql
 *   pnpm db:migrate --check             fails when the schema and the committed migrations disagree
 * The committed migrations are applied to a throw-away PostgreSQL; the difference to prisma/schema.prisma is the migration.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { applyMigrations } from './launch/apply-migrations.mjs';
import { startPostgres } from './launch/postgres.mjs';
import { loadSchemaEngine } from './migration-engine.ts';

const root = path.resolve(import.meta.dirname, '..');
const schemaFile = path.join(root, 'prisma', 'schema.prisma');
const migrationsDirectory = path.join(root, 'prisma', 'migrations');

/** The SQL that takes a database from the committed migrations to the schema; empty when there is nothing to do. */
async function pendingSql(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-migrate-'));
  const postgres = await startPostgres({ dataDirectory: path.join(directory, 'postgres'), durable: false });
  try {
    await applyMigrations(postgres.url, migrationsDirectory);
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    // Prisma's own table would otherwise read as one to drop.
    await client.query('DROP TABLE IF EXISTS _prisma_migrations');
    await client.end();
    const engine = await loadSchemaEngine(postgres.url);
    const files = [{ path: schemaFile, content: readFileSync(schemaFile, 'utf8') }];
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: path.dirname(schemaFile) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.exitCode === 0 ? '' : (result.stdout ?? '');
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `20260131_235959`-like prefix that sorts in time, as Prisma's own migrations do. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/\D/g, '').slice(0, 14);
}

const { values } = parseArgs({ options: { name: { type: 'string' }, check: { type: 'boolean', default: false } } });
const sql = await pendingSql().catch((error: Error) => {
  // The engine's stack is WebAssembly addresses; its message names the file and the line.
  console.error(error.message);
  process.exit(1);
});
if (sql === '') {
  console.log('prisma/schema.prisma and the committed migrations agree.');
} else if (values.check) {
  console.error(`prisma/schema.prisma is ahead of the migrations: run pnpm db:migrate --name <what_changed>\n\n${sql}`);
  process.exitCode = 1;
} else if (!values.name || !/^[a-z][a-z0-9_]*$/.test(values.name)) {
  console.error(`Give the migration a name of lower-case words: pnpm db:migrate --name <what_changed>\n\n${sql}`);
  process.exitCode = 1;
} else {
  const directory = path.join(migrationsDirectory, `${timestamp(new Date())}_${values.name}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'migration.sql'), sql);
  writeFileSync(path.join(migrationsDirectory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  console.log(`Wrote ${path.relative(root, directory)}/migration.sql. Read it before you commit it.`);
}
