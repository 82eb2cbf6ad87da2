import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Architecture, SaeTrainer, type TrainingConfigInput } from '@featurescope/sae';
import { tf } from '@featurescope/tensor';
import { initTensor } from '@featurescope/tensor/node';
import { PythonPeer, peerRemedy } from '../peers/python-peer.ts';
import { against, type BenchRow, type BenchSuite, median, row } from '../rows.ts';
import { sparseMixtures } from '../sparse-mixtures.ts';

const BATCH_SIZE = 1024;
const D_MODEL = 576;
const K = 32;
const ROUNDS = 7;
/** Steps that a side takes in a round, one after another, as training does: the first finds threads asleep and caches cold. */
const ROUND_STEPS = 5;
const WARM_UP = 5;
/** Threads of one side that still spin when the other begins would slow it. */
const SETTLE_MS = 100;
interface Case {
  architecture: Architecture;
  nLatents: number;
}

const casesOnProcessor: Case[] = [
  { architecture: 'topk', nLatents: 9216 },
  { architecture: 'topk', nLatents: 4608 },
  { architecture: 'standard', nLatents: 9216 },
  { architecture: 'batchtopk', nLatents: 9216 },
  { architecture: 'matryoshka', nLatents: 9216 },
  { architecture: 'jumprelu', nLatents: 9216 },
  { architecture: 'gated', nLatents: 9216 },
];
const casesOnGpu: Case[] = [
  { architecture: 'topk', nLatents: 9216 },
  { architecture: 'topk', nLatents: 65_536 },
];

/** The field of our own configuration that says how sparse. */
const sparsity: Record<Architecture, Partial<TrainingConfigInput>> = {
  standard: { l1Coefficient: 1 },
  gated: { l1Coefficient: 1 },
  jumprelu: { l0Coefficient: 1 },
  topk: { k: K },
  batchtopk: { k: K },
  matryoshka: { k: K },
};

/** Training steps beside SAELens' own, by turns in one call: sparse activations on and off, and the faster that runs. With
 *  FEATURESCOPE_TENSOR=gpu and a torch that has CUDA, both on the same GPU. */
export const saePeers: BenchSuite = {
  name: 'sae-peers',
  async run() {
    const started = await PythonPeer.start('saelens_steps.py');
    if (started === null) {
      console.error(peerRemedy);
      return [];
    }
    const { peer, versions } = started;
    const isOnGpu = (await initTensor()).name === 'gpu';
    if (isOnGpu && versions.gpu === null) {
      peer.stop();
      console.error(
        'Left out: the torch of FEATURESCOPE_BENCH_PYTHON sees no GPU, and one side on the processor is no comparison.',
      );
      return [];
    }
    const device = isOnGpu ? 'cuda' : 'cpu';
    const batch = sparseMixtures(BATCH_SIZE, D_MODEL);
    const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-peers-'));
    const rowsFile = path.join(directory, 'rows.f32');
    writeFileSync(rowsFile, batch);
    const peerName = `SAELens ${versions.saelens}, torch ${versions.torch}${isOnGpu ? ` on ${versions.gpu}` : ''}`;
    try {
      const rows: BenchRow[] = [];
      for (const each of isOnGpu ? casesOnGpu : casesOnProcessor) {
        rows.push(await compare(peer, each, { batch, rowsFile, peerName, device }));
      }
      return rows;
    } finally {
      peer.stop();
      rmSync(directory, { recursive: true });
    }
  },
};

async function compare(
  peer: PythonPeer,
  { architecture, nLatents }: Case,
  { batch, rowsFile, peerName, device }: { batch: Float32Array; rowsFile: string; peerName: string; device: string },
): Promise<BenchRow> {
  const ours = SaeTrainer.create(
    {
      ...{ architecture, dModel: D_MODEL, nLatents, nSteps: 10_000, batchSize: BATCH_SIZE, seed: 1 },
      ...sparsity[architecture],
    },
    batch,
  );
  const settings = architecture === 'topk' ? [false, true] : [false];
  const theirs = new Map<boolean, number[]>();
  for (const sparse of settings) {
    try {
      const { prefixes } = ours.config;
      const size = { architecture, dModel: D_MODEL, nLatents, k: K, prefixes, coefficient: 1, rows: rowsFile, device };
      await peer.ask({ op: 'create', id: String(sparse), sparse, ...size });
      for (let i = 0; i < WARM_UP; i++) await peer.ask({ op: 'step', id: String(sparse) });
      theirs.set(sparse, []);
    } catch (error) {
      console.error(
        `  SAELens with sparse activations ${sparse ? 'on' : 'off'} does not run: ${(error as Error).message}`,
      );
    }
  }
  const oursMs: number[] = [];
  for (let i = 0; i < WARM_UP; i++) ours.step(batch);
  for (let round = 0; round < ROUNDS; round++) {
    await settle();
    const startedAt = performance.now();
    for (let step = 0; step < ROUND_STEPS; step++) ours.step(batch);
    untilDone();
    oursMs.push((performance.now() - startedAt) / ROUND_STEPS);
    for (const [sparse, samples] of theirs) {
      await settle();
      let seconds = 0;
      for (let step = 0; step < ROUND_STEPS; step++)
        seconds += (await peer.ask({ op: 'step', id: String(sparse) })).seconds as number;
      samples.push((1000 * seconds) / ROUND_STEPS);
    }
  }
  ours.dispose();
  for (const sparse of settings) await peer.ask({ op: 'drop', id: String(sparse) });
  const name = `step ${architecture}, d ${D_MODEL}, ${nLatents} latents`;
  const [[sparse, fastest]] = [...theirs]
    .map(([setting, samples]) => [setting, median(samples)] as const)
    .sort((a, b) => a[1] - b[1]);
  return against(
    row(name, (BATCH_SIZE / median(oursMs)) * 1000, 'activations/s'),
    `${peerName}${sparse ? ', sparse' : ''}`,
    (BATCH_SIZE / fastest) * 1000,
  );
}

/** Waits for what a GPU still computes: reading a result waits for all before it. */
const untilDone = () => tf.tidy(() => void tf.add(tf.scalar(1), 1).dataSync());

const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
