import type { Db, Transaction } from './client.ts';
import type { Prisma } from './generated/client.ts';

const withRunCount = { include: { _count: { select: { runs: true } } } } as const;
export type DatasetRow = Prisma.DatasetGetPayload<typeof withRunCount>;

export interface DatasetContents {
  nDocuments: number;
  sizeBytes: number;
  contentHash: string;
  kinds: { kind: string; nDocuments: number }[];
  sample: string;
}

export interface NewDataset {
  id: string;
  name: string;
  format: 'txt' | 'md' | 'jsonl';
  originalName: string | null;
  bundled: boolean;
}

/** Newest first. */
export async function listDatasets(db: Db): Promise<DatasetRow[]> {
  return db.prisma.dataset.findMany({ ...withRunCount, orderBy: { createdAt: 'desc' } });
}

export async function findDataset(db: Db, id: string): Promise<DatasetRow | null> {
  return db.prisma.dataset.findUnique({ ...withRunCount, where: { id } });
}

/** A dataset whose documents are being written. */
export async function beginDataset(db: Db, dataset: NewDataset): Promise<void> {
  await db.prisma.dataset.create({ data: { ...dataset, status: 'ingesting' } });
}

/** A dataset whose documents lie complete in the store. */
export async function insertReadyDataset(db: Db, dataset: NewDataset, contents: DatasetContents): Promise<DatasetRow> {
  return db.prisma.dataset.create({ ...withRunCount, data: { ...dataset, ...contents, status: 'ready' } });
}

export async function completeDataset(transaction: Transaction, id: string, contents: DatasetContents): Promise<void> {
  await transaction.dataset.update({ where: { id }, data: { ...contents, status: 'ready' } });
}

export async function failDataset(db: Db, id: string, error: string): Promise<void> {
  await db.prisma.dataset.update({ where: { id }, data: { status: 'failed', error } });
}

/** What deleting a dataset leaves for the store to remove; 'in_use' when a run needs it, null when there is none. */
export async function deleteDataset(db: Db, id: string): Promise<{ corpusIds: string[] } | 'in_use' | null> {
  return db.prisma.$transaction(async (transaction) => {
    // Locked, so that no run can begin to use it in between.
    const found = await transaction.$queryRaw<unknown[]>`SELECT 1 FROM "Dataset" WHERE "id" = ${id}::uuid FOR UPDATE`;
    if (found.length === 0) return null;
    if ((await transaction.run.count({ where: { datasetId: id } })) > 0) return 'in_use';
    const corpora = await transaction.tokenCorpus.findMany({ where: { datasetId: id }, select: { id: true } });
    await transaction.dataset.delete({ where: { id } });
    return { corpusIds: corpora.map((corpus) => corpus.id) };
  });
}

/** Neither a dataset nor a run: a product that has just been installed. */
export async function isEmpty(db: Db): Promise<boolean> {
  const [nDatasets, nRuns] = await Promise.all([db.prisma.dataset.count(), db.prisma.run.count()]);
  return nDatasets === 0 && nRuns === 0;
}

/** Forgets datasets whose writing was interrupted; returns their ids. */
export async function deleteUnfinishedDatasets(db: Db): Promise<string[]> {
  const unfinished = await db.prisma.dataset.findMany({ where: { status: 'ingesting' }, select: { id: true } });
  const ids = unfinished.map((dataset) => dataset.id);
  await db.prisma.dataset.deleteMany({ where: { id: { in: ids } } });
  return ids;
}

export async function datasetIds(db: Db): Promise<Set<string>> {
  const rows = await db.prisma.dataset.findMany({ select: { id: true } });
  return new Set(rows.map((row) => row.id));
}
