import { randomUUID } from 'node:crypto';
import type { Db } from '@featurescope/db';

/** A run row with its model and dataset, for features to hang on. Returns its id. */
export async function insertBenchRun(db: Db, { nLatents }: { nLatents: number }): Promise<string> {
  const [modelId, datasetId, id] = [randomUUID(), randomUUID(), randomUUID()];
  await db.prisma.model.create({
    data: { id: modelId, name: modelId, directory: '-', config: {}, tokenizerHash: '-', weightsHash: '-' },
  });
  await db.prisma.dataset.create({ data: { id: datasetId, name: 'bench', status: 'ready', format: 'jsonl' } });
  await db.prisma.run.create({
    data: {
      id,
      name: 'bench',
      modelId,
      datasetId,
      hookName: 'blocks.0.hook_resid_post',
      architecture: 'topk',
      nLatents,
      k: 32,
      nTokens: 1_000_000,
      batchSize: 1024,
      learningRate: 0.001,
      seed: 1,
      contextSize: 128,
      nSteps: 1000,
      nFeatures: nLatents,
    },
  });
  return id;
}
