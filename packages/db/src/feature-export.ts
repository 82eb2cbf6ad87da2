import type { Db } from './client.ts';
import type { EvidenceRow } from './evidence.ts';

const featureColumns = [
  'index',
  'dead',
  'density',
  'maxActivation',
  'meanActivation',
  'topTokenIds',
  'topTokenValues',
] as const;
const evidenceColumns = [
  ...(['bottomTokenIds', 'bottomTokenValues', 'neighbourIndices', 'neighbourCosines'] as const),
  ...(['histogram', 'quantileBorders'] as const),
] as const;

/** A feature with all that is told of it outside its own page's reach: no directions, which the weights hold. */
export type ExportedFeature = Pick<
  EvidenceRow,
  'nFiring' | (typeof featureColumns)[number] | (typeof evidenceColumns)[number]
> & {
  userLabel: string | null;
  labelText: string | null;
  labelScore: number | null;
  labelScoreLow: number | null;
  labelScoreHigh: number | null;
  explainer: string | null;
  predicate: unknown;
};

const columnsOf = (table: string, names: readonly string[]) => names.map((name) => `${table}."${name}"`).join(', ');

/** Features from `from` on, in order of index. */
export async function readExportedFeatures(
  db: Db,
  runId: string,
  { from, limit }: { from: number; limit: number },
): Promise<ExportedFeature[]> {
  const { rows } = await db.pool.query<ExportedFeature>(
    `SELECT ${columnsOf('feature', featureColumns)}, feature."nFiring"::float8 AS "nFiring",
            ${columnsOf('evidence', evidenceColumns)}, feature."userLabel", feature."labelText", feature."labelScore",
            label."scoreLow" AS "labelScoreLow", label."scoreHigh" AS "labelScoreHigh", label."explainer", label."predicate"
     FROM "Feature" AS feature
     JOIN "FeatureEvidence" AS evidence ON evidence."runId" = feature."runId" AND evidence."index" = feature."index"
     LEFT JOIN "Label" AS label ON label."runId" = feature."runId" AND label."featureIndex" = feature."index"
     WHERE feature."runId" = $1 AND feature."index" >= $2 ORDER BY feature."index" LIMIT $3`,
    [runId, from, limit],
  );
  return rows;
}

/** The packed examples of features from `from` on, in order of index. */
export async function readExportedExamples(
  db: Db,
  runId: string,
  { from, limit }: { from: number; limit: number },
): Promise<{ index: number; examples: Uint8Array }[]> {
  const { rows } = await db.pool.query<{ index: number; examples: Uint8Array }>(
    `SELECT "index", "examples" FROM "FeatureEvidence" WHERE "runId" = $1 AND "index" >= $2 ORDER BY "index" LIMIT $3`,
    [runId, from, limit],
  );
  return rows;
}
