import { randomUUID } from 'node:crypto';
import type { Db } from './client.ts';

/** A queued run with its model and dataset, for database tests. */
export async function createTestRun(db: Db, overrides: { nTokens?: number } = {}): Promise<string> {
  const ids = { model: randomUUID(), dataset: randomUUID(), run: randomUUID() };
  await db.prisma.model.create({
    data: { id: ids.model, name: ids.model, directory: '/nowhere', config: {}, tokenizerHash: 't', weightsHash: 'w' },
  });
  await db.prisma.dataset.create({ data: { id: ids.dataset, name: 'dataset', status: 'ready', format: 'jsonl' } });
  await db.prisma.run.create({
    data: {
      id: ids.run,
      name: 'run',
      modelId: ids.model,
      datasetId: ids.dataset,
      hookName: 'blocks.1.hook_resid_post',
      architecture: 'topk',
      nLatents: 64,
      k: 4,
      nTokens: overrides.nTokens ?? 10_000,
      batchSize: 100,
      learningRate: 0.001,
      seed: 1,
      contextSize: 32,
      nSteps: 100,
    },
  });
  return ids.run;
}
