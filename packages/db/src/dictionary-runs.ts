import type { Generator, RunArchitecture } from '@featurescope/contracts';
import type { Db } from './client.ts';

/** A run as its dictionary's directions are compared. */
export interface DictionaryRun {
  id: string;
  name: string;
  modelId: string | null;
  modelName: string;
  /** contracts of packages/lm; null for a run that reads no model. */
  modelConfig: unknown;
  /** Of the model when the run was created. */
  weightsHash: string | null;
  hookName: string;
  /** Of a run on synthetic data; else null. */
  generator: Generator | null;
  architecture: RunArchitecture;
  nLatents: number;
  seed: number;
  /** Of a row, where training has resolved it. */
  dModel: number | null;
  corpusId: string | null;
  nFeatures: number;
  nIndexedTokens: number;
  hasDictionary: boolean;
  /** Stored ones, newest first. */
  checkpoints: { step: number; sha256: string }[];
}

const columns = `
  run."id", run."name", run."modelId", COALESCE(model."name", '') AS "modelName", model."config" AS "modelConfig",
  run."inputHashes"->>'weightsHash' AS "weightsHash", run."hookName", run."synthetic" AS "generator", run."architecture", run."nLatents", run."seed",
  (run."resolvedConfig"->>'dModel')::int AS "dModel", run."corpusId", run."nFeatures",
  run."nIndexedTokens"::float8 AS "nIndexedTokens",
  (run."origin" = 'imported' OR run."stage" IN ('index', 'label', 'done')) AS "hasDictionary",
  COALESCE((SELECT json_agg(json_build_object('step', "step", 'sha256', "sha256") ORDER BY "step" DESC)
            FROM "Checkpoint" WHERE "runId" = run."id"), '[]') AS "checkpoints"`;

/** Newest first. */
export async function listDictionaryRuns(db: Db, limit: number): Promise<DictionaryRun[]> {
  const { rows } = await db.pool.query<DictionaryRun>(
    `SELECT ${columns} FROM "Run" AS run LEFT JOIN "Model" AS model ON model."id" = run."modelId"
     ORDER BY run."createdAt" DESC, run."id" LIMIT $1`,
    [limit],
  );
  return rows;
}

/** By id; those that do not exist are missing. */
export async function findDictionaryRuns(db: Db, ids: string[]): Promise<Map<string, DictionaryRun>> {
  const { rows } = await db.pool.query<DictionaryRun>(
    `SELECT ${columns} FROM "Run" AS run LEFT JOIN "Model" AS model ON model."id" = run."modelId"
     WHERE run."id" = ANY($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
