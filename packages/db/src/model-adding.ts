import { randomUUID } from 'node:crypto';
import type { ModelProgress, ModelSource } from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import { appendEvent } from './event-log.ts';
import { Prisma } from './generated/client.ts';
import type { ModelContents } from './models.ts';

export interface NewModel {
  /** Gets a number behind it where another model has the name. */
  name: string;
  source: ModelSource;
  /** Where the files are, or will be. */
  directory: string;
  config: object;
  licence: string | null;
  dtype: string | null;
}

/** Inserts a model that is being added; returns its id, or the name of the model that has these files already. */
export async function insertModel(db: Db, model: NewModel): Promise<{ id: string } | { addedAs: string }> {
  return db.prisma.$transaction(async (transaction) => {
    // Two requests for the same files, or for the same name, take turns.
    await transaction.$executeRaw`LOCK TABLE "Model" IN SHARE ROW EXCLUSIVE MODE`;
    const known = await transaction.model.findMany({ select: { name: true, directory: true } });
    const same = known.find(({ directory }) => directory === model.directory);
    if (same) return { addedAs: same.name };
    const id = randomUUID();
    const name = uniqueName(model.name, new Set(known.map((row) => row.name)));
    await transaction.model.create({ data: { ...model, id, name, status: 'adding' } });
    await tellStatus(transaction, id, { status: 'adding', error: null });
    return { id };
  });
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let n = 2; taken.has(unique); n++) unique = `${name} (${n})`;
  return unique;
}

/** Records how far the adding of a model is. False when it is not being added any more. */
export async function recordModelProgress(db: Db, id: string, progress: ModelProgress): Promise<boolean> {
  return changeAdding(db, id, async (transaction) => {
    await transaction.model.update({ where: { id }, data: { progress } });
    await appendEvent(transaction, { kind: 'model', id }, { type: 'transfer', payload: progress });
  });
}

/** The model can be used. False when it is not being added any more. */
export async function completeModel(db: Db, id: string, contents: Omit<ModelContents, 'licence'>): Promise<boolean> {
  return changeAdding(db, id, async (transaction) => {
    await transaction.model.update({ where: { id }, data: { ...contents, status: 'ready', progress: Prisma.DbNull } });
    await tellStatus(transaction, id, { status: 'ready', error: null });
  });
}

export async function failModel(db: Db, id: string, error: string): Promise<boolean> {
  return changeAdding(db, id, async (transaction) => {
    await transaction.model.update({ where: { id }, data: { status: 'failed', error } });
    await tellStatus(transaction, id, { status: 'failed', error });
  });
}

/** Begins again with a failed model. False when it is not failed, or not there. */
export async function retryModel(db: Db, id: string): Promise<boolean> {
  return db.prisma.$transaction(async (transaction) => {
    const { count } = await transaction.model.updateMany({
      where: { id, status: 'failed' },
      data: { status: 'adding', error: null },
    });
    if (count > 0) await tellStatus(transaction, id, { status: 'adding', error: null });
    return count > 0;
  });
}

/** Models whose adding was begun and has neither succeeded nor failed. */
export async function unfinishedModelIds(db: Db): Promise<string[]> {
  const rows = await db.prisma.model.findMany({ where: { status: 'adding' }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** Forgets a model and its events. The names of the runs that use it, or 'bundled', stand in the way; null: there is none. */
export async function deleteModel(db: Db, id: string): Promise<'done' | 'bundled' | { runs: string[] } | null> {
  return db.prisma.$transaction(async (transaction) => {
    // Locked, so that no run can begin to use it in between.
    const found = await transaction.$queryRaw<{ bundled: boolean }[]>`
      SELECT "bundled" FROM "Model" WHERE "id" = ${id}::uuid FOR UPDATE`;
    if (found.length === 0) return null;
    if (found[0].bundled) return 'bundled';
    const runs = await transaction.run.findMany({
      where: { modelId: id },
      select: { name: true },
      orderBy: { createdAt: 'asc' },
    });
    if (runs.length > 0) return { runs: runs.map(({ name }) => name) };
    await transaction.event.deleteMany({ where: { subjectId: id } });
    await transaction.model.delete({ where: { id } });
    return 'done';
  });
}

/** Locks the row, so that what was deleted or failed in the meantime stays so. */
async function changeAdding(db: Db, id: string, change: (transaction: Transaction) => Promise<void>): Promise<boolean> {
  return db.prisma.$transaction(async (transaction) => {
    const adding = await transaction.$queryRaw<unknown[]>`
      SELECT 1 FROM "Model" WHERE "id" = ${id}::uuid AND "status" = 'adding' FOR UPDATE`;
    if (adding.length === 0) return false;
    await change(transaction);
    return true;
  });
}

async function tellStatus(
  transaction: Transaction,
  id: string,
  payload: { status: 'adding' | 'ready' | 'failed'; error: string | null },
): Promise<void> {
  await appendEvent(transaction, { kind: 'model', id }, { type: 'model', payload });
}
