import { ActivationStream, harvestChunk, indexFeatures, ShardLayout, shardChunks } from '@featurescope/interp';
import { loadModel } from '@featurescope/lm';
import { SaeTrainer, SparseAutoencoder } from '@featurescope/sae';
import { decodeShard, encodeShard, type ShardContent } from '@featurescope/store';
import { bundledContexts } from '../bundled-text.ts';
import { against, type BenchSuite, row } from '../rows.ts';
import { smolLm2 } from '../smollm2.ts';

const HOOK = 'blocks.8.hook_resid_post';
const [N_TOKENS, CONTEXT_SIZE] = [200_000, 128];
/** The beginning of each context, and outliers, are left out of training. */
const USABLE_SHARE = 0.97;
const [N_LATENTS, K, BATCH_SIZE] = [9216, 32, 1024];
const SIZE = { architecture: 'topk', k: K, nLatents: N_LATENTS, batchSize: BATCH_SIZE, seed: 1 } as const;

/** A run with stored activations, as the worker does it: harvest, training and index of one text, beside the harvest alone, on
 *  SmolLM2-135M: each part by itself, in seconds, so that it is seen which of them limits a run. */
export const wholeRun: BenchSuite = {
  name: 'whole-run',
  async run() {
    const file = smolLm2();
    if (file === null) return [];
    const model = await loadModel(file, { hooks: [HOOK] });
    const source = await bundledContexts(model.tokenizer, { nTokens: N_TOKENS, contextSize: CONTEXT_SIZE });
    const contextIndices = Int32Array.from({ length: source.nContexts }, (_, index) => index);
    const text = { model, hookName: HOOK, source, contextIndices };
    const clock = new Clock();
    const width = model.config.dModel;
    const shards = new Shards(new ShardLayout(source, contextIndices, width), async (contexts, outlierNorm) =>
      clock.time('harvest', () => harvestChunk(text, contexts, outlierNorm)),
    );
    const { layout } = shards;
    const chunks = shardChunks({
      layout,
      width,
      seed: 1,
      nShards: layout.nShards,
      read: (shard) => shards.read(shard),
    });
    const stream = new ActivationStream({ chunks, batchSize: BATCH_SIZE, seed: 1 });

    const startedAt = performance.now();
    const first = await stream.peek(BATCH_SIZE);
    const nSteps = Math.floor((USABLE_SHARE * source.nTokens) / BATCH_SIZE);
    const trainer = SaeTrainer.create({ ...SIZE, dModel: width, nSteps }, first);
    for (let step = 0; step < nSteps; step++) {
      const rows = await stream.nextBatch();
      await clock.time('train', () => trainer.step(rows));
    }
    const outlierNorm = stream.cursor().outlierNorm ?? Number.POSITIVE_INFINITY;
    const sae = new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
    trainer.dispose();
    const stored = { contextIndices: new Int32Array(0), stored: shards.all() };
    await clock.time('index', () => indexFeatures({ ...text, ...stored, sae, outlierNorm, seed: 1 }));
    const total = (performance.now() - startedAt) / 1000;
    sae.dispose();
    await model.dispose();

    const { harvest, train, index } = clock.seconds;
    const part = (name: string, seconds: number) =>
      against(row(`whole run: ${name}`, seconds, 's'), 'harvest', harvest);
    return [
      part(`harvest, train and index ${source.nTokens} tokens, ${N_LATENTS} latents`, total),
      part('harvest', harvest),
      part('train', train),
      part('index', index),
    ];
  },
};

/** Seconds by part. */
class Clock {
  readonly seconds = { harvest: 0, train: 0, index: 0 };

  async time<T>(part: keyof Clock['seconds'], work: () => T | Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.seconds[part] += (performance.now() - startedAt) / 1000;
    return result;
  }
}

type Harvest = (contexts: Int32Array, outlierNorm: number | null) => Promise<ShardContent>;

/** Harvested when they are first read, and from then on read from what would be in a file. */
class Shards {
  readonly layout: ShardLayout;
  readonly #harvest: Harvest;
  readonly #stored = new Map<number, Uint8Array>();
  #outlierNorm: number | null = null;

  constructor(layout: ShardLayout, harvest: Harvest) {
    this.layout = layout;
    this.#harvest = harvest;
  }

  async read(shard: number): Promise<ShardContent> {
    if (!this.#stored.has(shard)) {
      const harvested = await this.#harvest(this.layout.contexts(shard), this.#outlierNorm);
      this.#outlierNorm ??= harvested.outlierNorm;
      this.#stored.set(shard, encodeShard(harvested));
    }
    return decodeShard(this.#stored.get(shard) as Uint8Array);
  }

  async *all(): AsyncGenerator<ShardContent> {
    for (let shard = 0; shard < this.layout.nShards; shard++) yield await this.read(shard);
  }
}
