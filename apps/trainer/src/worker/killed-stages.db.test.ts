import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobName } from '@featurescope/contracts';
import { beginRunJob, createDb } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChildDiedError, runJobChild } from './job-child.ts';
import { settleJob } from './settle-job.ts';
import { blockInserts } from './testing/block-inserts.ts';
import { createSmallRun, createSmallSubject } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-killed-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'fatal' };
/** Three batches of the index job (128 features), five of the label job (64). */
const nLatents = 300;
let undisturbed: string;

beforeAll(async () => {
  undisturbed = await createSmallRun(db, await createSmallSubject(db, store), { nSteps: 30, nLatents });
});
afterAll(async () => {
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** One attempt at a job, as a worker makes it; `kill` is called with the process. Throws ChildDiedError when it dies. */
async function attempt(job: JobName, runId: string, kill?: (pid: number) => Promise<void>): Promise<void> {
  const begun = await beginRunJob(db, runId, job);
  if (begun === null) throw new Error(`the run does not wait for ${job}`);
  const { claim } = begun;
  const never = new AbortController().signal;
  let killing: Promise<void> | undefined;
  const onStart = (pid: number) => {
    killing = kill?.(pid);
  };
  try {
    const outcome = await runJobChild({ job, claim, env, onStart, stopSignal: never, lostSignal: never });
    await settleJob(db, { job, claim, outcome, enqueue: async () => {} });
  } finally {
    await killing;
  }
}

/** Kills a job's process inside the transaction that inserts a certain row. */
async function killAt(job: JobName, runId: string, { table, where }: { table: string; where: string }): Promise<void> {
  const block = await blockInserts(db, table, where);
  const killed = attempt(job, runId, async (pid) => {
    await block.reached();
    process.kill(pid, 'SIGKILL');
  });
  await expect(killed).rejects.toThrow(ChildDiedError);
  await block.lift();
}

/** The same trained dictionary again, as a run that waits for its index. */
async function cloneTrained(runId: string): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO "Run" SELECT (jsonb_populate_record("Run", jsonb_build_object('id', $2::text))).* FROM "Run" WHERE "id" = $1`,
    [runId, id],
  );
  await cp(store.runDirectory(runId), store.runDirectory(id), { recursive: true });
  return id;
}

const tables = ['Feature', 'FeatureEvidence', 'Label'] as const;

/** Per table the number of the run's rows and a hash over all they say. */
async function findingsOf(runId: string) {
  const findings: Record<string, { nRows: number; hash: string }> = {};
  for (const table of tables) {
    const { rows } = await db.pool.query<{ row: string }>(
      `SELECT (to_jsonb("${table}") - 'runId' - 'createdAt')::text AS row FROM "${table}" WHERE "runId" = $1 ORDER BY 1`,
      [runId],
    );
    const hash = createHash('sha256')
      .update(rows.map(({ row }) => row).join('\n'))
      .digest('hex');
    findings[table] = { nRows: rows.length, hash };
  }
  return findings;
}

const countsOf = (runId: string) =>
  db.prisma.run.findUniqueOrThrow({
    where: { id: runId },
    select: { status: true, stage: true, nFeatures: true, nLabelled: true, nIndexedTokens: true },
  });

test('index and label, killed while they write, end with what an undisturbed run has, and show nothing half', {
  timeout: 300_000,
}, async () => {
  await attempt('train', undisturbed);
  const killed = await cloneTrained(undisturbed);
  await attempt('index', undisturbed);
  await attempt('label', undisturbed);

  await killAt('index', killed, { table: 'FeatureEvidence', where: 'NEW."index" = 200' });
  // One batch is there and the second was rolled back; the run shows neither.
  expect((await findingsOf(killed)).FeatureEvidence.nRows).toBe(128);
  expect((await findingsOf(killed)).Feature.nRows).toBe(128);
  expect(await countsOf(killed)).toMatchObject({ status: 'running', stage: 'index', nFeatures: 0 });
  await attempt('index', killed);

  await killAt('label', killed, { table: 'Label', where: 'NEW."featureIndex" = 100' });
  const half = await countsOf(killed);
  expect((await findingsOf(killed)).Label.nRows).toBe(64);
  expect(half).toMatchObject({ status: 'running', stage: 'label', nFeatures: nLatents });
  expect(half.nLabelled).toBe(await db.prisma.label.count({ where: { runId: killed, status: 'scored' } }));
  await attempt('label', killed);

  expect(await findingsOf(killed)).toEqual(await findingsOf(undisturbed));
  expect((await findingsOf(killed)).Label.nRows).toBe(nLatents);
  expect(await countsOf(killed)).toEqual(await countsOf(undisturbed));
  expect(half.nLabelled).toBeLessThan((await countsOf(killed)).nLabelled);
});
