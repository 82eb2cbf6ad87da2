import { storeEvidence } from '@featurescope/db';
import {
  ActivationStream,
  encodeExamples,
  type FeatureExamples,
  type FeatureIndexer,
  indexFeatures,
} from '@featurescope/interp';
import { type LanguageModel, loadModel } from '@featurescope/lm';
import { SaeTrainer, SparseAutoencoder } from '@featurescope/sae';
import { insertBenchRun } from '../bench-run.ts';
import { bundledContexts, bundledModelDirectory } from '../bundled-text.ts';
import { type BenchRow, type BenchSuite, row } from '../rows.ts';
import { withTemporaryDatabase } from '../temporary-database.ts';

const N_LATENTS = 2048;
const TRAINING_STEPS = 300;
const BATCH_SIZE = 1024;

/** A short training on the bundled model, then the index: tokens a second, and what its examples take in PostgreSQL. */
export const indexing: BenchSuite = {
  name: 'indexing',
  async run() {
    const model = await loadModel(bundledModelDirectory);
    const hookName = `blocks.${Math.floor(model.config.nLayers / 2)}.hook_resid_post`;
    const source = await bundledContexts(model.tokenizer, { nTokens: 200_000, contextSize: 128 });
    const contextIndices = Int32Array.from({ length: source.nContexts }, (_, index) => index);
    const sae = await trainBriefly(model, hookName, { source, contextIndices });
    const startedAt = performance.now();
    const indexer = await indexFeatures({
      model,
      sae,
      hookName,
      source,
      contextIndices,
      outlierNorm: Number.POSITIVE_INFINITY,
      seed: 1,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const rows = [
      row(`indexing, ${N_LATENTS} latents, forward included`, indexer.nTokens / seconds, 'tokens/s'),
      ...(await measureStorage(indexer, model.config.dModel)),
    ];
    sae.dispose();
    await model.dispose();
    return rows;
  },
};

type Text = { source: Awaited<ReturnType<typeof bundledContexts>>; contextIndices: Int32Array };

async function trainBriefly(model: LanguageModel, hookName: string, text: Text): Promise<SparseAutoencoder> {
  const stream = new ActivationStream({ model, hookName, ...text, seed: 1, batchSize: BATCH_SIZE });
  let trainer: SaeTrainer | undefined;
  try {
    for (let step = 0; step < TRAINING_STEPS; step++) {
      const rows = await stream.nextBatch();
      trainer ??= SaeTrainer.create(
        {
          architecture: 'topk',
          k: 32,
          dModel: model.config.dModel,
          nLatents: N_LATENTS,
          nSteps: TRAINING_STEPS,
          batchSize: BATCH_SIZE,
          seed: 1,
        },
        rows,
      );
      trainer.step(rows);
    }
    if (!trainer) throw new Error('no training step was made');
    return new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
  } finally {
    trainer?.dispose();
  }
}

/** The evidence table with its indexes and its out-of-line storage, over the number of examples in it; directions apart. */
async function measureStorage(indexer: FeatureIndexer, dModel: number): Promise<BenchRow[]> {
  return withTemporaryDatabase(async (db) => {
    const runId = await insertBenchRun(db, { nLatents: N_LATENTS });
    let nExamples = 0;
    let batch: Parameters<typeof storeEvidence>[2] = [];
    const flush = async () => {
      await db.prisma.$transaction((transaction) => storeEvidence(transaction, runId, batch));
      batch = [];
    };
    for (const feature of indexer.features()) {
      nExamples += countExamples(feature.examples);
      const examples = new Uint8Array(encodeExamples(feature.examples));
      batch.push({
        index: feature.featureIndex,
        dead: feature.firingCount === 0,
        density: feature.density,
        nFiring: feature.firingCount,
        maxActivation: feature.max,
        meanActivation: feature.mean,
        topTokenIds: [],
        topTokenValues: [],
        searchTokenIds: [],
        direction: new Uint8Array(0),
        bottomTokenIds: [],
        bottomTokenValues: [],
        neighbourIndices: [],
        neighbourCosines: [],
        histogram: [],
        quantileBorders: [],
        examples,
        listExample: new Uint8Array(0),
      });
      if (batch.length === 256) await flush();
    }
    if (batch.length > 0) await flush();
    await db.pool.query('VACUUM FULL "FeatureEvidence"');
    const { rows } = await db.pool.query<{ size: string }>(
      `SELECT pg_total_relation_size('"FeatureEvidence"') AS size`,
    );
    const bytes = Number(rows[0].size);
    return [
      row('examples in PostgreSQL, indexes and TOAST included', bytes / nExamples, 'bytes/example'),
      row('direction of a feature', dModel * Float32Array.BYTES_PER_ELEMENT, 'bytes/feature'),
    ];
  });
}

function countExamples({ top, bands, random, nearMisses }: FeatureExamples): number {
  return [top, ...bands, random, nearMisses].reduce((sum, list) => sum + list.length, 0);
}
