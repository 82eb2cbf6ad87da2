import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beginRunJob, createDb } from '@featurescope/db';
import { CheckpointDirectory, Store } from '@featurescope/store';
import { afterAll, expect, test } from 'vitest';
import { runJobChild } from './job-child.ts';
import type { OutcomeMessage } from './stage-outcome.ts';
import { createSmallRun, createSmallSubject } from './testing/small-run.ts';
import { until } from './testing/train-jobs.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-full-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'fatal' };
afterAll(async () => {
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** A file system of its own, small enough to be full, needs Linux and user namespaces. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;
if (!canMount)
  console.warn('Left out: the test of a full disk, which needs user namespaces; this machine refuses them.');

/** With $1, a directory, on a file system that has room for what lies there and 16 KiB more; $2: where a copy of it is left. */
const onFullDisk = `
  set -e
  cp -a "$1" "$2"
  mount -t tmpfs -o size=$(( $(du -sk "$2" | cut -f1) + 16 ))k tmpfs "$1"
  cp "$2"/* "$1"
  directory=$1; copy=$2; shift 2
  "$@"
  rm -r "$copy"; cp -a "$directory" "$copy"`;

test.skipIf(!canMount)(
  'on a full disk a run fails with the cause, and keeps its last checkpoint',
  {
    timeout: 300_000,
  },
  async () => {
    const runId = await createSmallRun(db, await createSmallSubject(db, store), { nSteps: 1500, nLatents: 512 });
    const never = new AbortController().signal;
    const stop = new AbortController();
    const claim = (await beginRunJob(db, runId, 'train'))!.claim;
    const stopped = runJobChild({ job: 'train', claim, env, stopSignal: stop.signal, lostSignal: never });
    await until(async () => (await db.prisma.metric.count({ where: { runId } })) > 0, stopped);
    stop.abort();
    expect(await stopped).toEqual({ type: 'stopped' });
    const checkpoints = new CheckpointDirectory(store.checkpointsDirectory(runId));
    const [step] = await checkpoints.steps();

    const { fence } = (await beginRunJob(db, runId, 'train'))!.claim;
    const copy = path.join(dataDirectory, 'copy');
    const childFile = path.resolve(import.meta.dirname, 'child/main.ts');
    const node = [process.execPath, '--import', import.meta.resolve('tsx'), childFile, 'train', runId, String(fence)];
    const child = spawn('unshare', ['-rm', 'sh', '-c', onFullDisk, 'sh', checkpoints.directory, copy, ...node], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const exited = once(child, 'exit');
    const [{ outcome }] = (await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
    ])) as [OutcomeMessage];
    expect(outcome).toMatchObject({ type: 'failed', failure: { code: 'disk_full', retryable: true } });
    await exited;
    expect(readdirSync(copy).sort()).toEqual(
      [checkpoints.fileOf(step), checkpoints.fileOf(step).replace(/safetensors$/, 'json')]
        .map((file) => path.basename(file))
        .sort(),
    );
    expect((await new CheckpointDirectory(copy).latest())?.manifest.step).toBe(step);
  },
);
