import { availableParallelism } from 'node:os';
import { type LanguageModel, type LoadOptions, loadModel, type TokenBatch } from '@featurescope/lm';
import { PythonPeer, peerRemedy } from '../peers/python-peer.ts';
import { against, type BenchRow, type BenchSuite, median, row } from '../rows.ts';
import { smolLm2 } from '../smollm2.ts';

const BATCH = 8;
const SEQUENCE = 128;
/** Blocks that run until layer 8 is reached. */
const HARVESTED_BLOCKS = 9;
const PROMPT = 32;
const GENERATED = 64;
const ROUNDS = 5;
/** Threads of one side that still spin when the other begins would slow it. */
const SETTLE_MS = 100;
const settings = [
  { attention: 'sdpa', compiled: false },
  { attention: 'eager', compiled: false },
  { attention: 'sdpa', compiled: true },
];
const forms: NonNullable<LoadOptions['weights']>[] = ['float32', 'packed', 'int8'];

/** Seconds by name of what was measured. */
type Samples = Map<string, number[]>;
type Measurement = [name: string, measure: () => Promise<number>];

/** SmolLM2-135M from its 4-bit file beside transformers on torch, in the fastest of its settings, and beside llama.cpp. */
export const languageModelPeers: BenchSuite = {
  name: 'language-model-peers',
  async run() {
    const file = smolLm2();
    if (file === null) return [];
    const transformers = await loadPeers(file);
    if (transformers.length === 0) {
      console.error(peerRemedy);
      return [];
    }
    const llamaCpp = await loadLlamaCpp(file);
    const models = new Map<string, LanguageModel>();
    for (const weights of forms) {
      // As a harvest has it; generation wants no place in between.
      const hooks = weights === 'float32' ? [`blocks.${HARVESTED_BLOCKS - 1}.hook_resid_post`] : [];
      models.set(weights, await loadModel(file, { weights, hooks }));
    }
    const whole = await loadModel(file);
    const { vocabSize } = whole.config;
    const tokenIds = Array.from({ length: BATCH * SEQUENCE }, (_, i) => (i * 7919 + 13) % vocabSize);
    const prompt = tokenIds.slice(0, PROMPT);
    const batch = { tokenIds: Int32Array.from(tokenIds), batch: BATCH, seqLen: SEQUENCE };
    const harvester = models.get('float32') as LanguageModel;
    models.set('float32', whole);
    const measurements: Measurement[] = [
      ['forward', () => timed(() => forward(harvester, batch, harvester.config.nLayers))],
      ['harvest', () => timed(() => forward(harvester, batch, HARVESTED_BLOCKS))],
      ...forms.map((form): Measurement => {
        const model = models.get(form) as LanguageModel;
        return [`generate ${form}`, () => timed(() => generate(model, prompt, GENERATED))];
      }),
      ['first token', () => timed(() => generate(whole, prompt, 1))],
      ...transformers.flatMap(({ peer, setting }) => peerMeasurements(peer, setting, { batch, prompt })),
      ...(llamaCpp ? [['generate llama.cpp', generation(llamaCpp, prompt)] as Measurement] : []),
    ];
    const samples = await interleaved(measurements);
    for (const { peer } of transformers) peer.stop();
    llamaCpp?.stop();
    for (const model of [harvester, ...models.values()]) await model.dispose();
    return rowsOf(samples, transformers[0].versions);
  },
};

async function loadPeers(file: string) {
  const peers = [];
  for (const setting of settings) {
    const started = await PythonPeer.start('transformers_lm.py');
    if (started === null) break;
    const { peer, versions } = started;
    const name = `${setting.attention}${setting.compiled ? ', compiled' : ''}`;
    try {
      await peer.ask({ op: 'load', file, ...setting });
      peers.push({ peer, setting: name, versions });
    } catch (error) {
      peer.stop();
      console.error(`  transformers with ${name} does not run: ${(error as Error).message}`);
    }
  }
  return peers;
}

async function loadLlamaCpp(file: string): Promise<PythonPeer | null> {
  const started = await PythonPeer.start('llama_cpp_lm.py');
  if (started === null) return null;
  await started.peer.ask({ op: 'load', file, threads: availableParallelism() });
  return started.peer;
}

function peerMeasurements(
  peer: PythonPeer,
  setting: string,
  { batch, prompt }: { batch: TokenBatch; prompt: number[] },
): Measurement[] {
  const texts = Array.from({ length: BATCH }, (_, i) => [...batch.tokenIds.subarray(i * SEQUENCE, (i + 1) * SEQUENCE)]);
  const pass = (blocks: number) => async () => (await peer.ask({ op: 'forward', tokenIds: texts, blocks })).seconds;
  return [
    [`peer forward ${setting}`, pass(30) as () => Promise<number>],
    [`peer harvest ${setting}`, pass(HARVESTED_BLOCKS) as () => Promise<number>],
    [`peer generate ${setting}`, generation(peer, prompt)],
  ];
}

const generation = (peer: PythonPeer, tokenIds: number[]) => async () =>
  (await peer.ask({ op: 'generate', tokenIds, nTokens: GENERATED })).seconds as number;

/** Rounds of everything, one after the other. What fails in its warm-up is left out, with a line. */
async function interleaved(measurements: Measurement[]): Promise<Samples> {
  const samples: Samples = new Map();
  for (const [name, measure] of measurements) {
    try {
      await measure();
      samples.set(name, []);
    } catch (error) {
      console.error(`  ${name} does not run: ${(error as Error).message}`);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, measure] of measurements) {
      const own = samples.get(name);
      if (!own) continue;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      own.push(await measure());
    }
  }
  return samples;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function forward(model: LanguageModel, batch: TokenBatch, blocks: number): Promise<unknown> {
  return model.run(batch, { hooks: [`blocks.${blocks - 1}.hook_resid_post`] });
}

async function generate(model: LanguageModel, tokenIds: number[], nTokens: number): Promise<void> {
  for await (const _ of model.generate({ tokenIds, nTokens, temperature: 0, seed: 1, stopTokenIds: [] }));
}

function rowsOf(samples: Samples, versions: Record<string, unknown>): BenchRow[] {
  const seconds = (name: string) => median(samples.get(name) as number[]);
  const rate = (name: string, nTokens: number) => nTokens / seconds(name);
  const peerName = `transformers ${versions.transformers}, torch ${versions.torch}`;
  const besidePeer = (name: string, what: string, nTokens: number, own = what) => {
    const peers = [...samples.keys()].filter((key) => key.startsWith(`peer ${what} `));
    const fastest = peers.sort((a, b) => seconds(a) - seconds(b))[0];
    const setting = fastest.slice(`peer ${what} `.length);
    const figure = row(name, rate(own, nTokens), 'tokens/s');
    return against(figure, `${peerName}, ${setting}`, rate(fastest, nTokens));
  };
  const rows = [
    besidePeer(`SmolLM2, forward of ${BATCH} × ${SEQUENCE}`, 'forward', BATCH * SEQUENCE),
    besidePeer('SmolLM2, harvest of layer 8 of 30', 'harvest', BATCH * SEQUENCE),
    ...forms.map((form) =>
      besidePeer(`SmolLM2, greedy generation, ${form}`, 'generate', GENERATED, `generate ${form}`),
    ),
    row(`SmolLM2, first token after ${PROMPT}`, 1000 * seconds('first token'), 'ms'),
  ];
  if (!samples.has('generate llama.cpp')) return rows;
  const figure = row('SmolLM2, greedy generation, int8, again', rate('generate int8', GENERATED), 'tokens/s');
  return [...rows, against(figure, 'llama.cpp on the same file', rate('generate llama.cpp', GENERATED))];
}
