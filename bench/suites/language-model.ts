import { loadModel, padTexts } from '@featurescope/lm';
import { bundledContexts, bundledModelDirectory } from '../bundled-text.ts';
import { type BenchSuite, row } from '../rows.ts';
import { interleavedMedians } from '../timing.ts';

const BATCH = 32;
const SEQUENCE = 128;
const GENERATED = 64;

/** The bundled model: forward passes over whole and early-ended stacks, and generation with its cache. */
export const languageModel: BenchSuite = {
  name: 'language-model',
  async run() {
    const model = await loadModel(bundledModelDirectory);
    const source = await bundledContexts(model.tokenizer, { nTokens: BATCH * SEQUENCE * 2, contextSize: SEQUENCE });
    const full = Array.from({ length: source.nContexts }, (_, i) => source.context(i).tokenIds).filter(
      (tokenIds) => tokenIds.length === SEQUENCE,
    );
    const batch = padTexts(full.slice(0, BATCH));
    const middle = `blocks.${Math.floor(model.config.nLayers / 2)}.hook_resid_post`;
    const last = `blocks.${model.config.nLayers - 1}.hook_resid_post`;
    const prompt = full[0].slice(0, 32);
    const [wholeMs, middleMs, generationMs] = await interleavedMedians([
      { rounds: 5, work: async () => void (await model.run(batch, { hooks: [last] })) },
      { rounds: 5, work: async () => void (await model.run(batch, { hooks: [middle] })) },
      {
        rounds: 5,
        work: async () => {
          const tokens = model.generate({
            tokenIds: prompt,
            nTokens: GENERATED,
            temperature: 0,
            seed: 1,
            stopTokenIds: [],
          });
          for await (const _ of tokens);
        },
      },
    ]);
    await model.dispose();
    const nTokens = batch.batch * batch.seqLen;
    return [
      row(`forward, all blocks, ${BATCH} × ${SEQUENCE}`, (nTokens / wholeMs) * 1000, 'tokens/s'),
      row(`forward to the middle block, ${BATCH} × ${SEQUENCE}`, (nTokens / middleMs) * 1000, 'tokens/s'),
      row('generation, greedy, prompt of 32', (GENERATED / generationMs) * 1000, 'tokens/s'),
    ];
  },
};
