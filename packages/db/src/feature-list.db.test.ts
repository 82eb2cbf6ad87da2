import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDb } from './client.ts';
import {
  type FeaturePageRequest,
  type FeatureSortKey,
  LabelPatternError,
  readFeaturePage,
  SearchTimeoutError,
} from './feature-list.ts';
import { createTestRun } from './run-fixture.testing.ts';

const db = createDb(process.env.DATABASE_URL as string);
const nFeatures = 97;
let runId: string;

/** Many ties and, for the score, many nulls: where a keyset loses or repeats rows if it is wrong. */
const features = Array.from({ length: nFeatures }, (_, index) => ({
  index: index * 3,
  density: (index % 5) / 7,
  maxActivation: index % 11 === 0 ? 0 : Math.sqrt(index),
  meanActivation: 1,
  labelScore: index % 3 === 0 ? null : (index % 4) / 10 + 0.1,
  dead: index % 11 === 0,
}));

async function insert(run: string, rows: typeof features) {
  await db.prisma.feature.createMany({
    data: rows.map((row) => ({
      ...row,
      runId: run,
      nFiring: 1,
      topTokenIds: [],
      topTokenValues: [],
      searchTokenIds: [row.index % 10],
      labelText: `label ${'a'.repeat(row.index % 30)}`,
    })),
  });
  const empty = new Uint8Array(0);
  await db.prisma.featureEvidence.createMany({
    data: rows.map(({ index }) => ({ runId: run, index, direction: empty, examples: empty, listExample: empty })),
  });
}

beforeAll(async () => {
  runId = await createTestRun(db);
  await insert(runId, features);
  // Another run's features must never show.
  await insert(await createTestRun(db), features);
});
afterAll(() => db.close());

const page = (request: Partial<FeaturePageRequest>) =>
  readFeaturePage(db, {
    runId,
    sort: 'index',
    order: 'asc',
    after: null,
    limit: 10,
    count: false,
    timeoutMs: 5000,
    ...request,
  });

async function allPages(request: Partial<FeaturePageRequest>): Promise<number[]> {
  const indices: number[] = [];
  let after: FeaturePageRequest['after'] = null;
  do {
    const { rows, next } = await page({ ...request, after });
    indices.push(...rows.map((row) => row.index));
    after = next;
  } while (after !== null && indices.length <= nFeatures);
  return indices;
}

/** The whole list sorted here: by value, nulls last in both directions, ties by index in the direction of the sort. */
function sorted(sort: FeatureSortKey, order: 'asc' | 'desc'): number[] {
  const sign = order === 'asc' ? 1 : -1;
  const value = (row: (typeof features)[number]) => (sort === 'score' ? row.labelScore : row[sort]);
  return [...features]
    .sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === y) return sign * (a.index - b.index);
      if (x === null) return 1;
      if (y === null) return -1;
      return sign * (x - y);
    })
    .map((row) => row.index);
}

describe.each(['index', 'density', 'maxActivation', 'meanActivation', 'score'] as const)('sorted by %s', (sort) => {
  test.each(['asc', 'desc'] as const)('%s, the pages together are the sorted list', async (order) => {
    for (const limit of [1, 10, 33, nFeatures, 200])
      expect(await allPages({ sort, order, limit })).toEqual(sorted(sort, order));
  });
});

test('filters hold across pages, and the count is of what matches', async () => {
  const alive = new Set(features.filter((row) => !row.dead).map((row) => row.index));
  expect(await allPages({ sort: 'score', order: 'desc', dead: false, limit: 7 })).toEqual(
    sorted('score', 'desc').filter((index) => alive.has(index)),
  );
  expect((await page({ dead: false, count: true })).total).toBe(alive.size);
  const found = await allPages({ search: { tokenIds: [3, 6] }, limit: 4 });
  expect(found).toEqual(features.map((row) => row.index).filter((index) => [3, 6].includes(index % 10)));
});

test('a pattern that backtracks is given up, and the connection serves on', async () => {
  const search = { labelPattern: `(${'a*'.repeat(20)})*\\1{5}b$` };
  await expect(page({ search, timeoutMs: 1 })).rejects.toBeInstanceOf(SearchTimeoutError);
  await expect(page({ search: { labelPattern: '(' } })).rejects.toBeInstanceOf(LabelPatternError);
  const { rows } = await db.pool.query('SHOW statement_timeout');
  expect(rows[0].statement_timeout).toBe('0');
  expect((await page({})).rows).toHaveLength(10);
});

test('every sort is read from an index, not sorted', async () => {
  const large = await createTestRun(db);
  await db.pool.query(
    `INSERT INTO "Feature" ("runId", "index", "dead", "density", "nFiring", "maxActivation", "meanActivation", "labelScore")
     SELECT $1, i, false, random(), 1, random(), random(), CASE WHEN i % 2 = 0 THEN random() END
     FROM generate_series(0, 19999) AS i`,
    [large],
  );
  await db.pool.query('ANALYZE "Feature"');
  const plans: string[] = [];
  for (const sort of ['density', 'maxActivation', 'meanActivation', 'score'] as const) {
    for (const order of ['asc', 'desc'] as const) {
      const column = sort === 'score' ? 'labelScore' : sort;
      const { rows } = await db.pool.query(
        `EXPLAIN SELECT "index" FROM "Feature" WHERE "runId" = $1 ${sort === 'score' ? 'AND "labelScore" IS NOT NULL' : ''}
         AND ("${column}", "index") ${order === 'asc' ? '>' : '<'} (0.5::float8, 10::int)
         ORDER BY "${column}" ${order}, "index" ${order} LIMIT 51`,
        [large],
      );
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
  }
  for (const plan of plans) expect(plan).not.toMatch(/Sort|Seq Scan/);
});
