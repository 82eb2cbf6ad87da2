import type { CreateRun } from '@featurescope/contracts';
import type { Db } from '@featurescope/db';
import { defaultHookName, modelConfig } from './models.ts';

/** The run that begins by itself in a new installation: small enough for minutes on two cores, large enough to be worth a look. */
export const demoRunSettings = {
  name: 'First look',
  architecture: 'topk',
  nLatents: 2048,
  k: 32,
  nTokens: 1_500_000,
  batchSize: 1024,
  learningRate: 0.003,
  seed: 1,
} as const;

/** What to create when there is no run yet; null when there is one, or no bundled model or dataset to begin with. */
export async function planDemoRun(db: Db): Promise<CreateRun | null> {
  if ((await db.prisma.run.count()) > 0) return null;
  const [model, dataset] = await Promise.all([
    db.prisma.model.findFirst({ where: { bundled: true } }),
    db.prisma.dataset.findFirst({ where: { bundled: true, status: 'ready' } }),
  ]);
  if (model === null || dataset === null) return null;
  const hookName = defaultHookName(modelConfig(model).nLayers);
  return { ...demoRunSettings, modelId: model.id, datasetId: dataset.id, hookName };
}
