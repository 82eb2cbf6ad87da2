import { randomUUID } from 'node:crypto';
import type { Db } from './client.ts';
import type { Model } from './generated/client.ts';

export type ModelRow = Model;

export interface ModelFound {
  name: string;
  directory: string;
  bundled: boolean;
  licence: string | null;
  /** packages/lm ModelConfig, as JSON. */
  config: object;
  tokenizerHash: string;
  weightsHash: string;
}

/** Records a model found on disk, by its name; its id stays when its files change. */
export async function upsertModel(db: Db, found: ModelFound): Promise<ModelRow> {
  const { name, ...values } = found;
  return db.prisma.model.upsert({
    where: { name },
    create: { id: randomUUID(), name, ...values },
    update: values,
  });
}

/** The bundled model first, then by name. */
export async function listModels(db: Db): Promise<ModelRow[]> {
  return db.prisma.model.findMany({ orderBy: [{ bundled: 'desc' }, { name: 'asc' }] });
}

export async function findModel(db: Db, id: string): Promise<ModelRow | null> {
  return db.prisma.model.findUnique({ where: { id } });
}
