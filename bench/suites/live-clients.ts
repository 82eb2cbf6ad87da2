import { fileURLToPath } from 'node:url';
import { createdSchema, datasetListSchema, modelListSchema, runSchema } from '@featurescope/contracts';
import WebSocket from 'ws';
import { startForTest } from '../../scripts/test/product.mjs';
import { type BenchSuite, median, row } from '../rows.ts';

const N_CLIENTS = 20;
const N_WINDOWS = 12;
const WINDOW_STEPS = 256;
const POLL_MS = 100;
const BATCH_SIZE = 1024;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What watching costs training: windows of one run with no client and with 20 subscribed ones, by turns; each window with
 *  clients is compared with the mean of the two around it, so that drift of the machine cancels. */
export const liveClients: BenchSuite = {
  name: 'live-clients',
  async run() {
    const product = await startForTest({
      root,
      env: { ...process.env, FEATURESCOPE_DEMO: '0' },
      timeoutMs: 15 * 60_000,
    });
    try {
      const runId = await launchLongRun(product.url);
      await untilTraining(product.url, runId);
      const rates: number[] = [];
      for (let window = 0; window < N_WINDOWS + 1; window++) {
        const clients = window % 2 === 1 ? await connect(product.url, runId) : [];
        rates.push(await stepsPerSecond(product.url, runId));
        for (const client of clients) client.terminate();
      }
      const slowdowns = rates
        .slice(1, -1)
        .flatMap((rate, i) => (i % 2 === 0 ? [1 - rate / ((rates[i] + rates[i + 2]) / 2)] : []));
      return [
        row('training, no client', median(rates.filter((_, i) => i % 2 === 0)), 'steps/s'),
        row(`training, ${N_CLIENTS} clients`, median(rates.filter((_, i) => i % 2 === 1)), 'steps/s'),
        row(`slowdown by ${N_CLIENTS} clients, median of ${slowdowns.length} windows`, 100 * median(slowdowns), '%'),
      ];
    } finally {
      await product.stop();
      product.removeData();
    }
  },
};

async function launchLongRun(url: string): Promise<string> {
  const [model] = modelListSchema.parse(await read(`${url}/api/models`)).models;
  for (;;) {
    const dataset = datasetListSchema
      .parse(await read(`${url}/api/datasets`))
      .datasets.find(({ status }) => status === 'ready');
    if (dataset) {
      const body = {
        modelId: model.id,
        hookName: model.defaultHookName,
        datasetId: dataset.id,
        architecture: 'topk',
        nLatents: 2048,
        k: 32,
        nTokens: 100_000_000,
        batchSize: BATCH_SIZE,
        learningRate: 0.003,
        seed: 1,
      };
      const response = await fetch(`${url}/api/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return createdSchema.parse(await response.json()).id;
    }
    await pause(500);
  }
}

async function untilTraining(url: string, runId: string): Promise<void> {
  while ((await stepOf(url, runId)) < 50) await pause(1000);
}

/** Over a fixed number of steps, not of seconds: activations are made and used up in chunks of about 64 steps, and a window
 *  of whole chunks holds the same work each time. */
async function stepsPerSecond(url: string, runId: string): Promise<number> {
  const [from, began] = [await stepOf(url, runId), performance.now()];
  for (;;) {
    await pause(POLL_MS);
    const steps = (await stepOf(url, runId)) - from;
    if (steps >= WINDOW_STEPS) return (steps / (performance.now() - began)) * 1000;
  }
}

async function stepOf(url: string, runId: string): Promise<number> {
  const { progress } = runSchema.parse(await read(`${url}/api/runs/${runId}`));
  return progress?.stage === 'train' ? progress.done / BATCH_SIZE : 0;
}

function connect(url: string, runId: string): Promise<WebSocket[]> {
  return Promise.all(
    Array.from({ length: N_CLIENTS }, async () => {
      const client = new WebSocket(`${url.replace(/^http/, 'ws')}/api/ws`, { origin: url });
      await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
      client.send(JSON.stringify({ type: 'subscribe', subject: { kind: 'run', id: runId }, afterSeq: 0 }));
      return client;
    }),
  );
}

async function read(address: string): Promise<unknown> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
