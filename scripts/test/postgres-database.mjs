import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';

/** Before each `*.db.test.ts`: a fresh database with all migrations, in DATABASE_URL; dropped after the file. */
const adminUrl = inject('postgresAdminUrl');
const database = `test_${randomUUID().replaceAll('-', '')}`;

/** @param {string} sql */
async function runAsAdmin(sql) {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

await runAsAdmin(`CREATE DATABASE ${database} TEMPLATE ${inject('postgresTemplate')}`);
const url = new URL(adminUrl);
url.pathname = `/${database}`;
process.env.DATABASE_URL = url.href;

afterAll(() => runAsAdmin(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
