import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evaluation } from '@featurescope/contracts';
import { createDb } from '@featurescope/db';
import type { ThresholdCalibration } from '@featurescope/sae';
import { fromSaelensDirectory } from '@featurescope/sae';
import { readDictionary, Store } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { type Queue, startQueue } from '../queue.ts';
import { startWorker, type Worker } from './start-worker.ts';
import { createSmallRun, createSmallSubject, type SmallRunOptions } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-architectures-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const log = createLog('worker', 'warn');
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' };
let queue: Queue;
let worker: Worker;

/** All in one sweep: the fixture's activations are read once. What each is saved as, by SAELens' names. */
const cases: { name: string; savedAs: string; options: SmallRunOptions }[] = [
  { name: 'topk', savedAs: 'topk', options: { architecture: 'topk' } },
  { name: 'batchtopk', savedAs: 'jumprelu', options: { architecture: 'batchtopk' } },
  {
    name: 'batchtopk of preset saelens',
    savedAs: 'jumprelu',
    options: { architecture: 'batchtopk', preset: 'saelens' },
  },
  {
    name: 'matryoshka',
    savedAs: 'jumprelu',
    options: { architecture: 'matryoshka', architectureOptions: { prefixes: [12, 48, 96] } },
  },
  {
    name: 'jumprelu steered to an L0',
    savedAs: 'jumprelu',
    options: { architecture: 'jumprelu', architectureOptions: { sparsityLoss: 'quadratic', targetL0: 8 } },
  },
  {
    name: 'jumprelu with a price',
    savedAs: 'jumprelu',
    options: { architecture: 'jumprelu', architectureOptions: { sparsityLoss: 'tanh', l0Coefficient: 0.5 } },
  },
  { name: 'gated', savedAs: 'gated', options: { architecture: 'gated', l1Coefficient: 0.5 } },
  { name: 'standard', savedAs: 'standard', options: { architecture: 'standard', l1Coefficient: 0.5 } },
];
const runIds = new Map<string, string>();

const readRun = (id: string) => db.prisma.run.findUniqueOrThrow({ where: { id } });
const runOf = (name: string) => readRun(runIds.get(name) as string);

beforeAll(async () => {
  const subject = await createSmallSubject(db, store);
  queue = await startQueue({ databaseUrl, onError: (error) => log.warn({ err: error }, 'queue') });
  const sweepId = randomUUID();
  for (const { name, options } of cases)
    runIds.set(name, await createSmallRun(db, subject, { nSteps: 80, sweepId, ...options }));
  for (const runId of runIds.values())
    await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  worker = await startWorker({ db, queue, log, env });
  for (const runId of runIds.values())
    for (;;) {
      const { status, failure } = await readRun(runId);
      if (status === 'succeeded') break;
      if (status === 'failed') throw new Error(JSON.stringify(failure));
      await sleep(50);
    }
}, 400_000);
afterAll(async () => {
  await worker.stop();
  await queue.stop();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

test.each(cases)(
  '$name is trained, evaluated, indexed and labelled, and saved as SAELens reads it',
  async ({ name, savedAs, options }) => {
    const run = await runOf(name);
    expect(run).toMatchObject({ stage: 'done', step: 80, nFeatures: 96, failure: null });
    const { architecture, architectureOptions = {}, preset = 'featurescope' } = options;
    expect(run.resolvedConfig).toMatchObject({ architecture, preset, ...architectureOptions });
    const evaluation = run.evaluation as Evaluation;
    // Predicting the mean is an FVU of 1.
    expect(evaluation.fvu).toBeLessThan(0.9);
    expect(run.nLabelled).toBeGreaterThan(0);

    const files = await readDictionary(store.dictionaryDirectory(run.id));
    expect(JSON.parse(files!['cfg.json']).architecture).toBe(savedAs);
    const { config, weights } = fromSaelensDirectory(files!['cfg.json'], files!['sae_weights.safetensors']);
    expect(config).toMatchObject({ architecture: savedAs, nLatents: 96 });
    expect(weights.threshold !== undefined).toBe(savedAs === 'jumprelu');

    // The index reads those files, on text that is alike: they fire as the trained dictionary did on held-out text.
    const features = await db.prisma.feature.findMany({ where: { runId: run.id } });
    const indexedL0 = features.reduce((sum, { density }) => sum + density, 0);
    expect(indexedL0 / evaluation.l0).toBeGreaterThan(0.9);
    expect(indexedL0 / evaluation.l0).toBeLessThan(1.1);
  },
);

test('batchtopk and matryoshka fire k times a token once their threshold is set; with preset saelens it stays', async () => {
  for (const name of ['batchtopk', 'matryoshka']) {
    const { resolvedConfig, evaluation, id } = await runOf(name);
    const { calibration } = resolvedConfig as unknown as { calibration: ThresholdCalibration };
    expect(calibration.nRows).toBe(80 * 256);
    expect(calibration.l0).toBeCloseTo(8, 2);
    expect(calibration.threshold).not.toBe(calibration.trainedThreshold);
    expect((evaluation as Evaluation).l0).toBeCloseTo(8, 0);
    const told = await db.prisma.event.findMany({ where: { subjectId: id, type: 'log' } });
    expect(JSON.stringify(told.map(({ payload }) => payload))).toContain('Threshold set to');
  }
  for (const name of ['batchtopk of preset saelens', 'topk', 'jumprelu steered to an L0'])
    expect((await runOf(name)).resolvedConfig).not.toHaveProperty('calibration');
});
