import type { Db, Transaction } from './client.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** One feature as the index job found it: the columns of Feature, then those of FeatureEvidence. */
export interface EvidenceRow {
  index: number;
  dead: boolean;
  density: number;
  nFiring: number;
  maxActivation: number;
  meanActivation: number;
  topTokenIds: number[];
  topTokenValues: number[];
  searchTokenIds: number[];
  /** float32 decoder row [dModel]. */
  direction: Bytes;
  bottomTokenIds: number[];
  bottomTokenValues: number[];
  neighbourIndices: number[];
  neighbourCosines: number[];
  histogram: number[];
  quantileBorders: number[];
  examples: Bytes;
  listExample: Bytes;
}

/** Writes features and their evidence over what an earlier attempt wrote, whose labels go with it. The run shows none of it before its nFeatures is
 *  set, in the transaction that ends the index job. */
export async function storeEvidence(transaction: Transaction, runId: string, rows: EvidenceRow[]): Promise<void> {
  const indices = rows.map((row) => row.index);
  await transaction.feature.deleteMany({ where: { runId, index: { in: indices } } });
  await transaction.featureEvidence.deleteMany({ where: { runId, index: { in: indices } } });
  await transaction.label.deleteMany({ where: { runId, featureIndex: { in: indices } } });
  await transaction.feature.createMany({
    data: rows.map((row) => ({
      runId,
      index: row.index,
      dead: row.dead,
      density: row.density,
      nFiring: row.nFiring,
      maxActivation: row.maxActivation,
      meanActivation: row.meanActivation,
      topTokenIds: row.topTokenIds,
      topTokenValues: row.topTokenValues,
      searchTokenIds: row.searchTokenIds,
    })),
  });
  await transaction.featureEvidence.createMany({
    data: rows.map((row) => ({
      runId,
      index: row.index,
      direction: row.direction,
      bottomTokenIds: row.bottomTokenIds,
      bottomTokenValues: row.bottomTokenValues,
      neighbourIndices: row.neighbourIndices,
      neighbourCosines: row.neighbourCosines,
      histogram: row.histogram,
      quantileBorders: row.quantileBorders,
      examples: row.examples,
      listExample: row.listExample,
    })),
  });
}

/** What an explainer looks at, for features from `from` on that have no label yet, in order of index. */
export async function readUnlabelled(
  db: Db,
  runId: string,
  { from, limit }: { from: number; limit: number },
): Promise<{ index: number; examples: Uint8Array; neighbourIndices: number[] }[]> {
  const { rows } = await db.pool.query<{ index: number; examples: Uint8Array; neighbourIndices: number[] }>(
    `SELECT evidence."index", evidence."examples", evidence."neighbourIndices" FROM "FeatureEvidence" AS evidence
     WHERE evidence."runId" = $1 AND evidence."index" >= $2 AND NOT EXISTS (
       SELECT 1 FROM "Label" AS label WHERE label."runId" = evidence."runId" AND label."featureIndex" = evidence."index")
     ORDER BY evidence."index" LIMIT $3`,
    [runId, from, limit],
  );
  return rows;
}
