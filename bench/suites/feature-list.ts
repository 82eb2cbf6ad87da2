import {
  type Db,
  type FeaturePageRequest,
  type FeaturePosition,
  type FeatureSortKey,
  readFeaturePage,
} from '@featurescope/db';
import { insertBenchRun } from '../bench-run.ts';
import { type BenchRow, type BenchSuite, quantile, row } from '../rows.ts';
import { withTemporaryDatabase } from '../temporary-database.ts';

const N_FEATURES = 100_000;
const PAGES_A_SORT = 60;
const sorts: FeatureSortKey[] = ['index', 'density', 'maxActivation', 'score'];
/** Seldom wanted, and sorted anew for each page. */
const sortsWithoutIndex: FeatureSortKey[] = ['label', 'outputEffect'];

/** Pages of 50 out of 100,000 features, followed by their cursors over every sort, in both directions by turns; and searches. */
export const featureList: BenchSuite = {
  name: 'feature-list',
  run: () =>
    withTemporaryDatabase(async (db) => {
      const runId = await insertBenchRun(db, { nLatents: N_FEATURES });
      await insertFeatures(db, runId);
      const pages: number[] = [];
      for (const sort of sorts) pages.push(...(await timePages(db, runId, sort)));
      const unindexed: number[] = [];
      for (const sort of sortsWithoutIndex) unindexed.push(...(await timePages(db, runId, sort)));
      const filtered = await timePages(db, runId, 'score', { dead: 'false', minDensity: 0.001, maxDensity: 0.01 });
      const searches = await timeSearches(db, runId);
      return [
        ...quantiles('feature list, 100,000 features, page of 50', pages),
        ...quantiles('sorted by label or output effect', unindexed),
        ...quantiles('within a range of densities, by score', filtered),
        ...quantiles('label search', searches),
      ];
    }),
};

function quantiles(name: string, samples: number[]): BenchRow[] {
  return [row(`${name}, p50`, quantile(samples, 0.5), 'ms'), row(`${name}, p95`, quantile(samples, 0.95), 'ms')];
}

async function insertFeatures(db: Db, runId: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO "Feature" ("runId", "index", "dead", "density", "nFiring", "maxActivation", "meanActivation",
       "topTokenIds", "topTokenValues", "searchTokenIds", "labelText", "labelScore")
     SELECT $1, i, i % 50 = 0, power(10, -5 * random()), 1000, 20 * random(), 5 * random(),
       ARRAY[i % 4096, (i * 7) % 4096], ARRAY[.5, .4], ARRAY[i % 4096, (i * 7) % 4096, (i * 13) % 4096],
       'the word “' || md5(i::text) || '”', CASE WHEN i % 10 = 0 THEN NULL ELSE .5 + random() / 2 END
     FROM generate_series(0, $2::int - 1) AS i`,
    [runId, N_FEATURES],
  );
  await db.pool.query(
    `INSERT INTO "FeatureEvidence" ("runId", "index", "direction", "bottomTokenIds", "bottomTokenValues",
       "neighbourIndices", "neighbourCosines", "histogram", "quantileBorders", "examples", "listExample")
     SELECT $1, i, '', '{}', '{}', '{}', '{}', '{}', '{}', '', decode(repeat(md5(i::text), 2), 'hex')
     FROM generate_series(0, $2::int - 1) AS i`,
    [runId, N_FEATURES],
  );
  await db.pool.query('ANALYZE');
}

async function timePages(
  db: Db,
  runId: string,
  sort: FeatureSortKey,
  filter: FeaturePageRequest['filter'] = {},
): Promise<number[]> {
  const samples: number[] = [];
  let after: FeaturePosition | null = null;
  for (let page = 0; page < PAGES_A_SORT; page++) {
    const startedAt = performance.now();
    const result = await readFeaturePage(db, {
      runId,
      sort,
      filter,
      order: page % 2 === 0 ? 'desc' : 'asc',
      after,
      limit: 50,
      count: page === 0,
      timeoutMs: 5000,
    });
    samples.push(performance.now() - startedAt);
    after = result.next;
  }
  return samples;
}

async function timeSearches(db: Db, runId: string): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < 40; i++) {
    const startedAt = performance.now();
    await readFeaturePage(db, {
      runId,
      filter: {},
      sort: 'score',
      order: 'desc',
      after: null,
      limit: 50,
      search: { label: (0xabc + i * 37).toString(16), tokenIds: [i * 11] },
      count: true,
      timeoutMs: 5000,
    });
    samples.push(performance.now() - startedAt);
  }
  return samples;
}
