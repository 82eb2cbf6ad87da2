import type { Db } from './client.ts';

/** What turning a run's evidence into text takes. One query: a page of features waits for it. */
export interface RunReading {
  id: string;
  corpusId: string | null;
  nLatents: number;
  nFeatures: number;
  nIndexedTokens: number;
  /** Null for a run on synthetic data, which has no text. */
  modelDirectory: string | null;
  vocabSize: number;
}

/** Null when there is no such run. */
export async function findRunReading(db: Db, id: string): Promise<RunReading | null> {
  const { rows } = await db.pool.query<RunReading>(
    `SELECT run."id", run."corpusId", run."nLatents", run."nFeatures", run."nIndexedTokens"::float8 AS "nIndexedTokens",
            model."directory" AS "modelDirectory", COALESCE((model."config"->>'vocabSize')::int, 0) AS "vocabSize"
     FROM "Run" AS run LEFT JOIN "Model" AS model ON model."id" = run."modelId" WHERE run."id" = $1`,
    [id],
  );
  return rows[0] ?? null;
}
