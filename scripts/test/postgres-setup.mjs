import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../launch/apply-migrations.mjs';
import { startPostgres } from '../launch/postgres.mjs';

const TEMPLATE = 'featurescope_test_template';

/** @type {() => Promise<void>} */
let stop = async () => {};

/**
 * Once for all database tests: a PostgreSQL with the committed migrations in a template database, from which every test file
 * gets its own copy (postgres-database.mjs). TEST_DATABASE_URL names another server to use, with the right to create databases.
 * @param {import('vitest/node').TestProject} project
 */
export async function setup(project) {
  const adminUrl = process.env.TEST_DATABASE_URL ?? (await startTemporary());
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  const templateUrl = new URL(adminUrl);
  templateUrl.pathname = `/${TEMPLATE}`;
  await applyMigrations(templateUrl.href, path.resolve(import.meta.dirname, '../../prisma/migrations'));
  project.provide('postgresAdminUrl', adminUrl);
  project.provide('postgresTemplate', TEMPLATE);
}

export async function teardown() {
  await stop();
}

async function startTemporary() {
  const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-test-'));
  const postgres = await startPostgres({
    dataDirectory: path.join(directory, 'postgres'),
    durable: false,
  });
  stop = async () => {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return postgres.url;
}
