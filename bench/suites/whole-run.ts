import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ActivationStream, indexFeatures } from '@featurescope/interp';
import { type LanguageModel, loadModel } from '@featurescope/lm';
import { SaeTrainer, SparseAutoencoder } from '@featurescope/sae';
import { bundledContexts } from '../bundled-text.ts';
import { against, type BenchSuite, row } from '../rows.ts';

const HOOK = 'blocks.8.hook_resid_post';
const [N_TOKENS, CONTEXT_SIZE] = [200_000, 128];
/** The beginning of each context, and outliers, are left out of training. */
const [CHUNK_TOKENS, USABLE_SHARE] = [65_536, 0.97];
const [N_LATENTS, K, BATCH_SIZE] = [9216, 32, 1024];
const SIZE = { architecture: 'topk', k: K, nLatents: N_LATENTS, batchSize: BATCH_SIZE, seed: 1 } as const;

/** Harvest, training and index of one pass over a text, beside the harvest alone, on SmolLM2-135M: each part by itself, in
 *  seconds, so that it is seen which of them limits a run. */
export const wholeRun: BenchSuite = {
  name: 'whole-run',
  async run() {
    const file = smolLm2File();
    if (!file) {
      console.error('SmolLM2-135M is not there: pnpm fetch:smollm2 gets it.');
      return [];
    }
    const model = await loadModel(file);
    const source = await bundledContexts(model.tokenizer, { nTokens: N_TOKENS, contextSize: CONTEXT_SIZE });
    const contextIndices = Int32Array.from({ length: source.nContexts }, (_, index) => index);
    const clock = new Clock();
    const text = { model: clock.watch(model), hookName: HOOK, source, contextIndices };

    // As large as a run's chunks are, and an end of the text that is the end of one: nothing is harvested twice.
    const chunkContexts = Math.ceil(source.nContexts / Math.ceil(source.nTokens / CHUNK_TOKENS));
    const stream = new ActivationStream({ ...text, chunkContexts, batchSize: BATCH_SIZE, seed: 1 });
    const first = await clock.time('harvest', () => stream.peek(BATCH_SIZE));
    const nSteps = Math.floor((USABLE_SHARE * source.nTokens) / BATCH_SIZE);
    const trainer = SaeTrainer.create({ ...SIZE, dModel: stream.width, nSteps }, first);
    for (let step = 0; step < nSteps; step++) {
      const rows = await clock.time('harvest', () => stream.nextBatch());
      await clock.time('train', () => trainer.step(rows));
    }
    const { outlierNorm } = stream.cursor();
    const sae = new SparseAutoencoder(trainer.config, trainer.weights());
    trainer.dispose();
    clock.forward = 0;
    await clock.time('index', () => indexFeatures({ ...text, sae, outlierNorm: outlierNorm ?? Infinity, seed: 1 }));
    sae.dispose();
    await model.dispose();

    const { harvest, train, index } = clock.seconds;
    const part = (name: string, seconds: number) =>
      against(row(`whole run: ${name}`, seconds, 's'), 'harvest', harvest);
    return [
      part(`harvest, train and index ${source.nTokens} tokens, ${N_LATENTS} latents`, harvest + train + index),
      part('harvest', harvest),
      part('train', train),
      part('index, the model', clock.forward),
      part('index, encoding and collecting', index - clock.forward),
    ];
  },
};

/** Seconds by part; `forward` of them inside the model. */
class Clock {
  readonly seconds = { harvest: 0, train: 0, index: 0 };
  forward = 0;

  async time<T>(part: keyof Clock['seconds'], work: () => T | Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.seconds[part] += (performance.now() - startedAt) / 1000;
    return result;
  }

  watch(model: LanguageModel): Pick<LanguageModel, 'run' | 'config'> {
    return {
      config: model.config,
      run: async (...input) => {
        const startedAt = performance.now();
        const result = await model.run(...input);
        this.forward += (performance.now() - startedAt) / 1000;
        return result;
      },
    };
  }
}

/** Where scripts/fetch-smollm2.ts puts it. */
function smolLm2File(): string | undefined {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const file = path.join(cache, 'featurescope/smollm2-0.1.2/SmolLM2-135M-Instruct.Q4_1.gguf');
  return existsSync(file) ? file : undefined;
}
