import type { Db, Transaction } from './client.ts';
import { idOfContent } from './content-id.ts';

/** What decides a corpus: the same key always gives the same contexts. */
export interface CorpusKey {
  datasetId: string;
  tokenizerHash: string;
  contextSize: number;
}

/** The corpus's id follows from its key, so that two workers that prepare the same corpus meet at one place in the store. */
export function corpusIdOf(key: CorpusKey): string {
  return idOfContent([key.datasetId, key.tokenizerHash, key.contextSize]);
}

export async function recordCorpus(
  transaction: Transaction,
  key: CorpusKey,
  { nTokens, nContexts, nHeldOutTokens }: { nTokens: number; nContexts: number; nHeldOutTokens: number },
): Promise<string> {
  const id = corpusIdOf(key);
  const counts = { nTokens, nContexts, nHeldOutTokens };
  await transaction.tokenCorpus.upsert({ where: { id }, create: { id, ...key, ...counts }, update: counts });
  return id;
}

export interface StoredContext {
  index: number;
  documentName: string;
  documentKind: string;
  /** Little-endian uint16, or uint32 where the vocabulary needs it. */
  tokenIds: Uint8Array<ArrayBuffer>;
}

/** Stores contexts that examples point at; one that is there already stays. */
export async function storeContexts(
  transaction: Transaction,
  corpusId: string,
  contexts: StoredContext[],
): Promise<void> {
  await transaction.context.createMany({
    data: contexts.map((context) => ({ corpusId, ...context })),
    skipDuplicates: true,
  });
}

/** Which of these contexts are stored already. */
export async function storedContextIndices(db: Db, corpusId: string): Promise<Set<number>> {
  const { rows } = await db.pool.query<{ index: number }>('SELECT "index" FROM "Context" WHERE "corpusId" = $1', [
    corpusId,
  ]);
  return new Set(rows.map((row) => row.index));
}

/** The counts of the corpus of a key; null when it was not made yet. */
export async function findCorpus(
  db: Db,
  key: CorpusKey,
): Promise<{ nTokens: number; nContexts: number; nHeldOutTokens: number } | null> {
  const row = await db.prisma.tokenCorpus.findUnique({ where: { id: corpusIdOf(key) } });
  return row && { nTokens: Number(row.nTokens), nContexts: row.nContexts, nHeldOutTokens: Number(row.nHeldOutTokens) };
}

export async function corpusIds(db: Db): Promise<Set<string>> {
  const rows = await db.prisma.tokenCorpus.findMany({ select: { id: true } });
  return new Set(rows.map((row) => row.id));
}
