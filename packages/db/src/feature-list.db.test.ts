import { type FeatureFilter, type FeatureHistogram, featureSortKeys } from '@featurescope/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDb } from './client.ts';
import { readFeatureDistribution } from './feature-distribution.ts';
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
  starred: index % 13 === 0,
  labelText: index % 7 === 0 ? null : `label ${'a'.repeat(index % 30)}`,
  userLabel: index % 17 === 0 ? 'mine' : null,
  topTokenValues: index % 9 === 0 ? [] : [(index % 6) / 3],
}));

const sortValueOf: Record<FeatureSortKey, (row: (typeof features)[number]) => number | string | null> = {
  index: (row) => row.index,
  label: (row) => row.userLabel ?? row.labelText,
  score: (row) => row.labelScore,
  density: (row) => row.density,
  maxActivation: (row) => row.maxActivation,
  meanActivation: (row) => row.meanActivation,
  outputEffect: (row) => row.topTokenValues[0] ?? null,
};

async function insert(run: string, rows: typeof features) {
  await db.prisma.feature.createMany({
    data: rows.map((row) => ({
      ...row,
      runId: run,
      nFiring: 1,
      topTokenIds: [],
      searchTokenIds: [row.index % 10],
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
    filter: {},
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
  const value = sortValueOf[sort];
  return [...features]
    .sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === y) return sign * (a.index - b.index);
      if (x === null) return 1;
      if (y === null) return -1;
      return sign * (x < y ? -1 : 1);
    })
    .map((row) => row.index);
}

describe.each(featureSortKeys)('sorted by %s', (sort) => {
  test.each(['asc', 'desc'] as const)('%s, the pages together are the sorted list', async (order) => {
    for (const limit of [3, 33, nFeatures, 200])
      expect(await allPages({ sort, order, limit })).toEqual(sorted(sort, order));
  });
});

test('filters hold across pages, and the count is of what matches', async () => {
  const alive = new Set(features.filter((row) => !row.dead).map((row) => row.index));
  expect(await allPages({ sort: 'score', order: 'desc', filter: { dead: 'false' }, limit: 7 })).toEqual(
    sorted('score', 'desc').filter((index) => alive.has(index)),
  );
  expect((await page({ filter: { dead: 'false' }, count: true })).total).toBe(alive.size);
  const found = await allPages({ search: { tokenIds: [3, 6] }, limit: 4 });
  expect(found).toEqual(features.map((row) => row.index).filter((index) => [3, 6].includes(index % 10)));
});

test.each<[FeatureFilter, (row: (typeof features)[number]) => boolean]>([
  [{ starred: 'true' }, (row) => row.starred],
  [{ starred: 'false' }, (row) => !row.starred],
  [{ label: 'user' }, (row) => row.userLabel !== null],
  [{ label: 'explainer' }, (row) => row.userLabel === null && row.labelText !== null],
  [{ label: 'none' }, (row) => row.userLabel === null && row.labelText === null],
  [{ minDensity: 1 / 7, maxDensity: 3 / 7 }, (row) => row.density >= 1 / 7 && row.density <= 3 / 7],
  [{ minScore: 0.2 }, (row) => row.labelScore !== null && row.labelScore >= 0.2],
  [{ maxScore: 0.2 }, (row) => row.labelScore !== null && row.labelScore <= 0.2],
  [{ minActivation: 2, maxActivation: 5 }, (row) => row.maxActivation >= 2 && row.maxActivation <= 5],
  [
    { dead: 'false', label: 'explainer', minDensity: 0.1, minActivation: 3 },
    (row) =>
      !row.dead && row.userLabel === null && row.labelText !== null && row.density > 0.1 && row.maxActivation >= 3,
  ],
])('%j lists what it says, page by page', async (filter, passes) => {
  const passing = new Set(features.filter(passes).map((row) => row.index));
  expect(passing.size).toBeGreaterThan(0);
  expect((await page({ filter, count: true })).total).toBe(passing.size);
  for (const sort of ['label', 'score'] as const)
    expect(await allPages({ filter, sort, order: 'desc', limit: 8 })).toEqual(
      sorted(sort, 'desc').filter((index) => passing.has(index)),
    );
});

test('the distribution counts each feature that fires once, in the bin of its value', async () => {
  const { density, score, maxActivation } = await readFeatureDistribution(db, runId);
  const firing = features.filter((row) => !row.dead && row.density > 0);
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  expect([density, score, maxActivation].map(({ counts }) => sum(counts))).toEqual([
    firing.length,
    firing.filter((row) => row.labelScore !== null).length,
    firing.length,
  ]);
  for (const [{ edges, counts }, value] of [
    [density, (row) => row.density],
    [maxActivation, (row) => row.maxActivation],
  ] as [FeatureHistogram, (row: (typeof features)[number]) => number][]) {
    expect(edges).toHaveLength(counts.length + 1);
    // An edge on which no value lies, with values on both sides.
    const above = firing.filter((row) => value(row) > edges[22]).length;
    expect(sum(counts.slice(22))).toBe(above);
    expect(above).toBeGreaterThan(0);
    expect(above).toBeLessThan(firing.length);
  }
  expect(density.edges[0]).toBeCloseTo(1e-6, 12);
  expect(maxActivation.edges.at(-1)).toBe(Math.max(...firing.map((row) => row.maxActivation)));
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
