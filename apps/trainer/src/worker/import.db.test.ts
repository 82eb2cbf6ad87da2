import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobName } from '@featurescope/contracts';
import { beginRunJob, createDb, insertRun } from '@featurescope/db';
import { type InferenceConfig, Rng, type SaeWeights, toSaelensDirectory } from '@featurescope/sae';
import { Store, writeDictionary } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChildDiedError, runJobChild } from './job-child.ts';
import { settleJob } from './settle-job.ts';
import { blockInserts } from './testing/block-inserts.ts';
import { createSmallSubject } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-import-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'fatal' };
const [dModel, nLatents] = [48, 150];
let subject: Awaited<ReturnType<typeof createSmallSubject>>;

beforeAll(async () => {
  subject = await createSmallSubject(db, store);
});
afterAll(async () => {
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** Latents whose encoder looks along their decoder row, with what the architecture has beside. */
function dictionary(architecture: 'jumprelu' | 'gated'): { config: InferenceConfig; weights: SaeWeights } {
  const rng = Rng.fromSeed(5, `imported ${architecture}`);
  const wDec = Float32Array.from({ length: nLatents * dModel }, () => rng.normal() / Math.sqrt(dModel));
  const wEnc = new Float32Array(dModel * nLatents);
  for (let i = 0; i < nLatents; i++) for (let j = 0; j < dModel; j++) wEnc[j * nLatents + i] = wDec[i * dModel + j];
  const constant = (value: number) => new Float32Array(nLatents).fill(value);
  const weights = { wEnc, wDec, bEnc: constant(0), bDec: new Float32Array(dModel) };
  const config = { architecture, dModel, nLatents, applyBDecToInput: true };
  if (architecture === 'jumprelu') return { config, weights: { ...weights, threshold: constant(0.3) } };
  return {
    config: { ...config, inputNorm: 'layerNorm' },
    weights: { ...weights, rMag: constant(0), bMag: constant(0.1) },
  };
}

async function createImported(architecture: 'jumprelu' | 'gated'): Promise<string> {
  const { config, weights } = dictionary(architecture);
  const id = randomUUID();
  await writeDictionary(store.dictionaryDirectory(id), toSaelensDirectory(config, weights, {}));
  await db.prisma.$transaction((transaction) =>
    insertRun(
      transaction,
      {
        ...{ id, ...subject, architecture, nLatents, name: architecture, hookName: 'blocks.0.hook_resid_post' },
        origin: 'imported',
        imported: { format: 'saelens', found: 'a dictionary', notes: [], source: 'here' },
        ...{ k: null, l1Coefficient: null, nTokens: 0, batchSize: 0, learningRate: 0, seed: 0, nSteps: 0 },
        ...{ contextSize: 64, resolvedConfig: { dModel }, demo: false },
        inputHashes: { weightsHash: 'fixture', tokenizerHash: 'fixture', datasetHash: null },
      },
      async () => {},
    ),
  );
  return id;
}

async function attempt(job: JobName, runId: string, kill?: (pid: number) => Promise<void>): Promise<void> {
  const begun = await beginRunJob(db, runId, job);
  if (begun === null) throw new Error(`the run does not wait for ${job}`);
  const never = new AbortController().signal;
  let killing: Promise<void> | undefined;
  const onStart = (pid: number) => {
    killing = kill?.(pid);
  };
  const { claim } = begun;
  try {
    const outcome = await runJobChild({ job, claim, env, onStart, stopSignal: never, lostSignal: never });
    await settleJob(db, { job, claim, outcome, enqueue: async () => {} });
  } finally {
    await killing;
  }
}

const readRun = (id: string) => db.prisma.run.findUniqueOrThrow({ where: { id } });
const countsOf = async (runId: string) => ({
  features: await db.prisma.feature.count({ where: { runId } }),
  evidence: await db.prisma.featureEvidence.count({ where: { runId } }),
  firing: await db.prisma.feature.count({ where: { runId, dead: false } }),
  labels: await db.prisma.label.count({ where: { runId } }),
});

test.each(['jumprelu', 'gated'] as const)(
  'an imported %s dictionary is evaluated, indexed and labelled',
  {
    timeout: 300_000,
  },
  async (architecture) => {
    const runId = await createImported(architecture);
    await expect(attempt('train', runId)).rejects.toThrow(/does not wait for train/);
    await attempt('index', runId);
    const indexed = await readRun(runId);
    expect(indexed).toMatchObject({ status: 'running', stage: 'label', nFeatures: nLatents, step: 0 });
    expect(indexed.resolvedConfig).toMatchObject({ dModel, outlierNorm: expect.any(Number) });
    expect(indexed.evaluation).toMatchObject({ version: 2, nTokens: expect.any(Number) });
    await attempt('label', runId);
    expect(await readRun(runId)).toMatchObject({ status: 'succeeded', stage: 'done' });
    const counts = await countsOf(runId);
    expect(counts).toMatchObject({ features: nLatents, evidence: nLatents, labels: nLatents });
    expect(counts.firing).toBeGreaterThan(nLatents / 2);
    const stages = await db.prisma.event.findMany({
      where: { subjectId: runId, type: 'status' },
      orderBy: { seq: 'asc' },
    });
    expect([...new Set(stages.map(({ payload }) => (payload as { stage: string }).stage))]).toEqual([
      ...['prepare', 'evaluate', 'index', 'label', 'done'],
    ]);
  },
);

test('killed at its evaluation and while it writes features, the index job goes on where it stopped', {
  timeout: 300_000,
}, async () => {
  const runId = await createImported('jumprelu');
  const killAt = async (table: string, where: string) => {
    const block = await blockInserts(db, table, where);
    const killed = attempt('index', runId, async (pid) => {
      await block.reached();
      process.kill(pid, 'SIGKILL');
    });
    await expect(killed).rejects.toThrow(ChildDiedError);
    await block.lift();
  };
  await killAt('Event', `NEW."type" = 'evaluation'`);
  expect(await readRun(runId)).toMatchObject({ stage: 'evaluate', evaluation: null, nFeatures: 0 });
  await killAt('FeatureEvidence', 'NEW."index" = 140');
  const half = await readRun(runId);
  expect(half).toMatchObject({ stage: 'index', nFeatures: 0 });
  expect(half.evaluation).not.toBeNull();
  await attempt('index', runId);
  expect(await readRun(runId)).toMatchObject({ stage: 'label', nFeatures: nLatents, evaluation: half.evaluation });
  expect(await countsOf(runId)).toMatchObject({ features: nLatents, evidence: nLatents });
  const evaluations = await db.prisma.event.count({ where: { subjectId: runId, type: 'evaluation' } });
  expect(evaluations).toBe(1);
});
