import type { Db } from './client.ts';
import type { Feature, FeatureEvidence, Label } from './generated/client.ts';

export interface FeatureDetailRow {
  feature: Feature;
  evidence: FeatureEvidence;
  label: Label | null;
  neighbourLabels: Map<number, string | null>;
  previousIndex: number | null;
  nextIndex: number | null;
}

/** Everything about one feature; null when the run has none with this index. */
export async function findFeature(db: Db, runId: string, index: number): Promise<FeatureDetailRow | null> {
  const key = { runId_index: { runId, index } };
  const [feature, evidence, label, around] = await Promise.all([
    db.prisma.feature.findUnique({ where: key }),
    db.prisma.featureEvidence.findUnique({ where: key }),
    db.prisma.label.findUnique({ where: { runId_featureIndex: { runId, featureIndex: index } } }),
    db.pool.query<{ previousIndex: number | null; nextIndex: number | null }>(
      `SELECT (SELECT max("index") FROM "Feature" WHERE "runId" = $1 AND "index" < $2) AS "previousIndex",
              (SELECT min("index") FROM "Feature" WHERE "runId" = $1 AND "index" > $2) AS "nextIndex"`,
      [runId, index],
    ),
  ]);
  if (feature === null || evidence === null) return null;
  const summaries = await readFeatureSummaries(db, runId, evidence.neighbourIndices);
  const neighbourLabels = new Map([...summaries].map(([neighbour, summary]) => [neighbour, summary.label]));
  return { feature, evidence, label, neighbourLabels, ...around.rows[0] };
}

export interface FeatureSummary {
  /** The user's label where there is one. */
  label: string | null;
  maxActivation: number;
}

/** Label and maximum of some features of a run; those that do not exist are missing. */
export async function readFeatureSummaries(
  db: Db,
  runId: string,
  indices: number[],
): Promise<Map<number, FeatureSummary>> {
  if (indices.length === 0) return new Map();
  const { rows } = await db.pool.query<FeatureSummary & { index: number }>(
    `SELECT "index", COALESCE("userLabel", "labelText") AS "label", "maxActivation"
     FROM "Feature" WHERE "runId" = $1 AND "index" = ANY($2::int[])`,
    [runId, indices],
  );
  return new Map(rows.map(({ index, ...summary }) => [index, summary]));
}

/** The packed examples of one feature; null when there is no such feature. */
export async function readPackedExamples(db: Db, runId: string, index: number): Promise<Uint8Array | null> {
  const evidence = await db.prisma.featureEvidence.findUnique({
    where: { runId_index: { runId, index } },
    select: { examples: true },
  });
  return evidence?.examples ?? null;
}

export interface ContextRow {
  documentName: string;
  documentKind: string;
  tokenIds: Uint8Array;
}

/** Stored contexts by their index in the corpus. */
export async function readContexts(db: Db, corpusId: string, indices: number[]): Promise<Map<number, ContextRow>> {
  if (indices.length === 0) return new Map();
  const { rows } = await db.pool.query<ContextRow & { index: number }>(
    `SELECT "index", "documentName", "documentKind", "tokenIds" FROM "Context"
     WHERE "corpusId" = $1 AND "index" = ANY($2::int[])`,
    [corpusId, indices],
  );
  return new Map(rows.map(({ index, ...context }) => [index, context]));
}

/** Sets the user's own label, or removes it (null). False when there is no such feature. */
export async function setUserLabel(
  db: Db,
  feature: { runId: string; index: number },
  text: string | null,
): Promise<boolean> {
  const { count } = await db.prisma.feature.updateMany({
    where: feature,
    data: { userLabel: text, userLabelAt: text === null ? null : new Date() },
  });
  return count > 0;
}

/** Stars a feature or takes the star away. False when there is no such feature. */
export async function setStar(db: Db, feature: { runId: string; index: number }, starred: boolean): Promise<boolean> {
  const { count } = await db.prisma.feature.updateMany({ where: feature, data: { starred } });
  return count > 0;
}
