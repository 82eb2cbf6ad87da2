import { randomUUID } from 'node:crypto';
import type { Db } from './client.ts';
import type { Prisma } from './generated/client.ts';

const withRunCount = { include: { _count: { select: { runs: true } } } } as const;
export type ModelRow = Prisma.ModelGetPayload<typeof withRunCount>;

/** What the files of a model say about it. */
export interface ModelContents {
  /** packages/lm ModelConfig, as JSON. */
  config: object;
  licence: string | null;
  dtype: string | null;
  tokenizerHash: string;
  weightsHash: string;
  stamp: string;
}

/** Records the model that ships with the product, by its name; its id stays when its files change. */
export async function upsertBundledModel(
  db: Db,
  { name, directory, ...contents }: ModelContents & { name: string; directory: string },
): Promise<ModelRow> {
  const values = { ...contents, directory, bundled: true, status: 'ready', error: null };
  return db.prisma.model.upsert({
    ...withRunCount,
    where: { name },
    create: { id: randomUUID(), name, ...values },
    update: values,
  });
}

/** The files of a ready model have changed. */
export async function updateModelContents(db: Db, id: string, contents: ModelContents): Promise<void> {
  await db.prisma.model.updateMany({ where: { id, status: 'ready' }, data: contents });
}

/** The bundled model first, then by name. */
export async function listModels(db: Db): Promise<ModelRow[]> {
  return db.prisma.model.findMany({ ...withRunCount, orderBy: [{ bundled: 'desc' }, { name: 'asc' }] });
}

export async function findModel(db: Db, id: string): Promise<ModelRow | null> {
  return db.prisma.model.findUnique({ ...withRunCount, where: { id } });
}
