import type { MetricPoint } from '@featurescope/contracts';
import type { Db } from './client.ts';

const pointColumns = `"step", "tokens"::float8 AS "tokens", "loss", "mse", "fvu", "l0", "l1", "auxLoss", "deadShare", "gradNorm",
  "learningRate", "tokensPerSecond"`;

/** A run's curve after a step, thinned evenly to at most maxPoints; the newest point is always among them. */
export async function readMetrics(
  db: Db,
  runId: string,
  range: { afterStep: number; maxPoints: number },
): Promise<MetricPoint[]> {
  const { rows } = await db.pool.query<MetricPoint>(
    `SELECT ${pointColumns} FROM (
       SELECT *, row_number() OVER (ORDER BY "step" DESC) - 1 AS back, count(*) OVER () AS total
       FROM "Metric" WHERE "runId" = $1 AND "step" > $2
     ) AS numbered
     WHERE back % ceil(total::numeric / $3)::bigint = 0 ORDER BY "step"`,
    [runId, range.afterStep, range.maxPoints],
  );
  return rows;
}

export interface RunCurve {
  runId: string;
  latest: MetricPoint | null;
  fvuSparkline: number[];
}

const sparklinePoints = 40;

/** The newest point and at most 40 points of the FVU of each run: 41 index look-ups a run, however long its curve is. */
export async function readRunCurves(db: Db, runIds: string[]): Promise<Map<string, RunCurve>> {
  const latest = await db.pool.query<MetricPoint & { runId: string }>(
    `SELECT "runId", ${pointColumns} FROM unnest($1::uuid[]) AS wanted("id")
     CROSS JOIN LATERAL (SELECT * FROM "Metric" WHERE "runId" = wanted."id" ORDER BY "step" DESC LIMIT 1) AS newest`,
    [runIds],
  );
  const sparklines = await db.pool.query<{ runId: string; fvu: number[] }>(
    `SELECT "runId", array_agg("fvu" ORDER BY "step") AS fvu FROM (
       SELECT DISTINCT ON (bounds."runId", point."step") bounds."runId", point."step", point."fvu"
       FROM (SELECT * FROM unnest($1::uuid[], $2::int[])) AS bounds("runId", "lastStep")
       CROSS JOIN generate_series(1, $3::int) AS part
       CROSS JOIN LATERAL (
         SELECT "step", "fvu" FROM "Metric" WHERE "runId" = bounds."runId"
           AND "step" <= ceil(bounds."lastStep" * part / $3::float8) ORDER BY "step" DESC LIMIT 1
       ) AS point
     ) AS points GROUP BY "runId"`,
    [latest.rows.map((row) => row.runId), latest.rows.map((row) => row.step), sparklinePoints],
  );
  const curves = new Map<string, RunCurve>();
  for (const { runId, ...point } of latest.rows) curves.set(runId, { runId, latest: point, fvuSparkline: [] });
  for (const { runId, fvu } of sparklines.rows) {
    const curve = curves.get(runId);
    if (curve) curve.fvuSparkline = fvu;
  }
  return curves;
}
