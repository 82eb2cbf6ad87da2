import type { FeatureDistribution } from '@featurescope/contracts';
import type { Db } from './client.ts';

const binCount = 24;
const lowestLogDensity = -6;

type Quantity = keyof FeatureDistribution;

/** How density, label score and highest activation are distributed over the features of a run that fire. */
export async function readFeatureDistribution(db: Db, runId: string): Promise<FeatureDistribution> {
  const { rows } = await db.pool.query<{ quantity: Quantity; bin: number; n: number; highest: number }>(
    `WITH firing AS (
       SELECT "density", "labelScore", "maxActivation" FROM "Feature" WHERE "runId" = $1 AND NOT "dead" AND "density" > 0
     ), range AS (SELECT GREATEST(max("maxActivation"), 1e-12) AS highest FROM firing),
     binned AS (
       SELECT 'density' AS quantity, width_bucket(log("density"), $3, 0, $2) AS bin FROM firing
       UNION ALL SELECT 'score', width_bucket("labelScore", 0, 1, $2) FROM firing WHERE "labelScore" IS NOT NULL
       UNION ALL SELECT 'maxActivation', width_bucket("maxActivation", 0, highest, $2) FROM firing, range
     )
     SELECT quantity, LEAST($2, GREATEST(1, bin)) - 1 AS bin, count(*)::int AS n, (SELECT highest FROM range) AS highest
     FROM binned GROUP BY 1, 2`,
    [runId, binCount, lowestLogDensity],
  );
  const counts: Record<Quantity, number[]> = { density: empty(), score: empty(), maxActivation: empty() };
  for (const { quantity, bin, n } of rows) counts[quantity][bin] += n;
  const highest = rows[0]?.highest ?? 1;
  const edges = (at: (share: number) => number) => Array.from({ length: binCount + 1 }, (_, i) => at(i / binCount));
  return {
    density: { edges: edges((share) => 10 ** (lowestLogDensity * (1 - share))), counts: counts.density },
    score: { edges: edges((share) => share), counts: counts.score },
    maxActivation: { edges: edges((share) => share * highest), counts: counts.maxActivation },
  };
}

const empty = () => new Array<number>(binCount).fill(0);
