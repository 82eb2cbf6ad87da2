import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createdSchema,
  datasetListSchema,
  modelListSchema,
  type Run,
  runSchema,
  type StoredEvent,
  serverMessageSchema,
} from '@featurescope/contracts';
import WebSocket from 'ws';
import { startForTest } from '../../scripts/test/product.mjs';
import { type BenchRow, type BenchSuite, median, row } from '../rows.ts';

const N_CLIENTS = 20;
const N_PAIRS = 6;
/** Every one of them is a point of the curves, so an event: the most that a run tells a step. */
const N_STEPS = 799;
const BATCH_SIZE = 1024;
const POLL_MS = 1000;
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Measured {
  secondsPerStep: number;
  /** Of one core; NaN where the system does not tell. */
  serverCpu: number;
}

/** What watching costs training. The same run, seed and all, is trained by turns with no client and with 20 subscribed ones:
 *  equal work, so what differs is the clients and the noise of the machine, which the spread of the pairs shows. */
export const liveClients: BenchSuite = {
  name: 'live-clients',
  async run() {
    const env = { ...process.env, FEATURESCOPE_DEMO: '0' };
    const product = await startForTest({ root, env, timeoutMs: 15 * 60_000 });
    try {
      const run = await runRequest(product.url);
      const serverPid = pidOfServer(product.dataDirectory);
      const measure = (nClients: number) => trainOnce(product.url, { run, nClients, serverPid });
      await measure(0);
      const pairs: { without: Measured; with: Measured }[] = [];
      for (let pair = 0; pair < N_PAIRS; pair++) {
        // By turns which of the two comes first, so that a drift of the machine cancels.
        const first = await measure(pair % 2 === 0 ? 0 : N_CLIENTS);
        const second = await measure(pair % 2 === 0 ? N_CLIENTS : 0);
        pairs.push(pair % 2 === 0 ? { without: first, with: second } : { without: second, with: first });
      }
      return rowsOf(pairs);
    } finally {
      await product.stop();
      product.removeData();
    }
  },
};

function rowsOf(pairs: { without: Measured; with: Measured }[]): BenchRow[] {
  const slowdowns = pairs.map((pair) => 100 * (pair.with.secondsPerStep / pair.without.secondsPerStep - 1));
  const rate = (side: 'with' | 'without') => median(pairs.map((pair) => 1 / pair[side].secondsPerStep));
  const cpu = (side: 'with' | 'without') => 100 * median(pairs.map((pair) => pair[side].serverCpu));
  return [
    row('training, no client', rate('without'), 'steps/s'),
    row(`training, ${N_CLIENTS} clients`, rate('with'), 'steps/s'),
    row(`slowdown by ${N_CLIENTS} clients, median of ${N_PAIRS} pairs of runs`, median(slowdowns), '%'),
    row('its least', Math.min(...slowdowns), '%'),
    row('its greatest', Math.max(...slowdowns), '%'),
    row('server, no client', cpu('without'), '% of a core'),
    row(`server, ${N_CLIENTS} clients`, cpu('with'), '% of a core'),
  ];
}

/** Trains the run to the end of its training, measures between its first and its last point, and deletes it. */
async function trainOnce(
  url: string,
  { run, nClients, serverPid }: { run: object; nClients: number; serverPid: number },
): Promise<Measured> {
  const response = await fetch(`${url}/api/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(run),
  });
  const { id } = createdSchema.parse(await response.json());
  await untilRun(url, id, ({ progress }) => progress?.stage === 'train');
  const clients = await Promise.all(Array.from({ length: nClients }, () => subscribe(url, id)));
  const [cpuBefore, began] = [cpuSeconds(serverPid), performance.now()];
  await untilRun(url, id, ({ stage }) => stage !== 'prepare' && stage !== 'train');
  const serverCpu = (cpuSeconds(serverPid) - cpuBefore) / ((performance.now() - began) / 1000);
  for (const client of clients) client.terminate();
  const points = (await eventsSoFar(url, id)).filter((event) => event.type === 'metrics');
  const [first, last] = [points[0], points[points.length - 1]];
  const seconds = (Date.parse(last.at) - Date.parse(first.at)) / 1000;
  await fetch(`${url}/api/runs/${id}/cancel`, { method: 'POST' });
  await untilRun(url, id, ({ status }) => status !== 'running');
  await fetch(`${url}/api/runs/${id}`, { method: 'DELETE' });
  return { secondsPerStep: seconds / (last.payload.step - first.payload.step), serverCpu };
}

async function runRequest(url: string): Promise<object> {
  const [model] = modelListSchema.parse(await read(`${url}/api/models`)).models;
  for (;;) {
    const { datasets } = datasetListSchema.parse(await read(`${url}/api/datasets`));
    const dataset = datasets.find(({ status }) => status === 'ready');
    if (dataset)
      return {
        modelId: model.id,
        hookName: model.defaultHookName,
        datasetId: dataset.id,
        architecture: 'topk',
        nLatents: 2048,
        k: 32,
        nTokens: N_STEPS * BATCH_SIZE,
        batchSize: BATCH_SIZE,
        learningRate: 0.003,
        seed: 1,
      };
    await pause(POLL_MS);
  }
}

async function untilRun(url: string, id: string, holds: (run: Run) => boolean): Promise<void> {
  for (;;) {
    const run = runSchema.parse(await read(`${url}/api/runs/${id}`));
    if (run.status === 'failed') throw new Error(`The run failed: ${run.failure?.message}`);
    if (holds(run)) return;
    await pause(POLL_MS);
  }
}

async function subscribe(url: string, id: string): Promise<WebSocket> {
  const client = new WebSocket(`${url.replace(/^http/, 'ws')}/api/ws`, { origin: url });
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  client.send(JSON.stringify({ type: 'subscribe', subject: { kind: 'run', id }, afterSeq: 0 }));
  return client;
}

async function eventsSoFar(url: string, id: string): Promise<StoredEvent[]> {
  const client = await subscribe(url, id);
  const events: StoredEvent[] = [];
  await new Promise<void>((resolve, reject) => {
    let lastSeq = Number.POSITIVE_INFINITY;
    client.on('error', reject);
    client.on('message', (data) => {
      const message = serverMessageSchema.parse(JSON.parse(String(data)));
      if (message.type === 'subscribed') lastSeq = message.lastSeq;
      if (message.type === 'events') events.push(...message.events);
      if (message.type === 'events' && message.lastSeq >= lastSeq) resolve();
    });
  });
  client.terminate();
  return events;
}

function pidOfServer(dataDirectory: string): number {
  return JSON.parse(readFileSync(path.join(dataDirectory, 'processes.json'), 'utf8')).server;
}

/** User and system time of a process since its start; NaN where there is no /proc. */
function cpuSeconds(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function read(address: string): Promise<unknown> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
