import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyMigrations, MigrationError } from './apply-migrations.mjs';

const databaseUrl = process.env.DATABASE_URL as string;
let directory: string;
let client: pg.Client;

function write(name: string, sql: string): void {
  mkdirSync(path.join(directory, name), { recursive: true });
  writeFileSync(path.join(directory, name, 'migration.sql'), sql);
}

async function names(): Promise<string[]> {
  const result = await client.query(
    `SELECT migration_name FROM _prisma_migrations WHERE migration_name LIKE '1%' ORDER BY 1`,
  );
  return result.rows.map((row) => row.migration_name);
}

async function tableExists(name: string): Promise<boolean> {
  const result = await client.query('SELECT to_regclass($1) IS NOT NULL AS found', [name]);
  return result.rows[0].found;
}

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'featurescope-migrations-'));
  client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
});

afterEach(async () => {
  await client.query(
    `DROP TABLE IF EXISTS first, second; DELETE FROM _prisma_migrations WHERE migration_name LIKE '1%'`,
  );
  await client.end();
  rmSync(directory, { recursive: true, force: true });
});

test('applies pending migrations in order, once, two starters at a time', async () => {
  write('10_first', 'CREATE TABLE first (id int primary key);');
  write('11_second', 'CREATE TABLE second (id int references first);');
  const [one, two] = await Promise.all([
    applyMigrations(databaseUrl, directory),
    applyMigrations(databaseUrl, directory),
  ]);
  expect([...one, ...two].sort()).toEqual(['10_first', '11_second']);
  expect(await applyMigrations(databaseUrl, directory)).toEqual([]);
  expect(await names()).toEqual(['10_first', '11_second']);
});

test('keeps nothing of a migration that fails, and applies it once repaired', async () => {
  write('10_first', 'CREATE TABLE first (id int); INSERT INTO nowhere VALUES (1);');
  await expect(applyMigrations(databaseUrl, directory)).rejects.toThrow(/10_first failed.*nowhere/);
  expect(await tableExists('first')).toBe(false);
  expect(await names()).toEqual([]);
  write('10_first', 'CREATE TABLE first (id int);');
  expect(await applyMigrations(databaseUrl, directory)).toEqual(['10_first']);
});

test('keeps nothing when its connection is cut in the middle', async () => {
  write('10_first', 'CREATE TABLE first (id int); SELECT pg_sleep(30);');
  const applying = applyMigrations(databaseUrl, directory);
  const failed = expect(applying).rejects.toThrow();
  await expect
    .poll(async () => {
      const killed = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()`,
      );
      return killed.rowCount;
    })
    .toBeGreaterThan(0);
  await failed;
  expect(await tableExists('first')).toBe(false);
  write('10_first', 'CREATE TABLE first (id int);');
  expect(await applyMigrations(databaseUrl, directory)).toEqual(['10_first']);
});

test('refuses a migration that was edited after it was applied', async () => {
  write('10_first', 'CREATE TABLE first (id int);');
  await applyMigrations(databaseUrl, directory);
  write('10_first', 'CREATE TABLE first (id bigint);');
  write('11_second', 'CREATE TABLE second (id int);');
  await expect(applyMigrations(databaseUrl, directory)).rejects.toThrow(MigrationError);
  await expect(applyMigrations(databaseUrl, directory)).rejects.toThrow(/10_first was edited/);
  expect(await tableExists('second')).toBe(false);
});
