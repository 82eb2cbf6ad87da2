import type { FeatureFilter, FeatureQuery } from '@featurescope/contracts';
import type pg from 'pg';
import type { Db } from './client.ts';
import { type Conditions, type FeatureSearch, featureConditions } from './feature-filter.ts';

export type FeatureSortKey = NonNullable<FeatureQuery['sort']>;

/** The row after which a page begins: its sort value and index. Null: the rows without a value have begun. */
export interface FeaturePosition {
  value: number | string | null;
  index: number;
}

export interface FeaturePageRequest {
  runId: string;
  sort: FeatureSortKey;
  order: 'asc' | 'desc';
  after: FeaturePosition | null;
  limit: number;
  filter: FeatureFilter;
  search?: FeatureSearch;
  /** Count all rows that match, too. */
  count: boolean;
  /** The database gives up after this long: SearchTimeoutError. */
  timeoutMs: number;
}

export interface FeatureListRow {
  index: number;
  dead: boolean;
  starred: boolean;
  density: number;
  maxActivation: number;
  meanActivation: number;
  topTokenIds: number[];
  topTokenValues: number[];
  labelText: string | null;
  labelScore: number | null;
  userLabel: string | null;
  listExample: Uint8Array;
  /** What the list is sorted by. */
  sortValue: number | string | null;
}

export interface FeaturePageRows {
  rows: FeatureListRow[];
  /** Where the next page begins; null at the end. */
  next: FeaturePosition | null;
  total: number | null;
}

export class SearchTimeoutError extends Error {
  override name = 'SearchTimeoutError';
}

export class LabelPatternError extends Error {
  override name = 'LabelPatternError';
}

interface SortColumn {
  sql: string;
  type: 'int' | 'float8' | 'text';
  /** Whether rows may be without a value. */
  nullable?: true;
}

const sortColumns: Record<FeatureSortKey, SortColumn> = {
  index: { sql: '"index"', type: 'int' },
  label: { sql: 'COALESCE("userLabel", "labelText")', type: 'text', nullable: true },
  score: { sql: '"labelScore"', type: 'float8', nullable: true },
  density: { sql: '"density"', type: 'float8' },
  maxActivation: { sql: '"maxActivation"', type: 'float8' },
  meanActivation: { sql: '"meanActivation"', type: 'float8' },
  outputEffect: { sql: '"topTokenValues"[1]', type: 'float8', nullable: true },
};

/** One page by keyset: rows are found by their place in an index, so that the thousandth page costs what the first does.
 *  Ties go by index in the same direction; rows without a value come last in both directions. */
export async function readFeaturePage(db: Db, request: FeaturePageRequest): Promise<FeaturePageRows> {
  const client = await db.pool.connect();
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(request.timeoutMs)}`);
    const conditions = featureConditions(request.runId, { filter: request.filter, search: request.search });
    const rows = await readRows(client, request, conditions);
    const total = request.count ? await countRows(client, conditions) : null;
    await client.query('COMMIT');
    const page = rows.slice(0, request.limit);
    const last = page.at(-1);
    const next = rows.length > request.limit && last ? { value: last.sortValue, index: last.index } : null;
    return { rows: page, next, total };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw searchError(error);
  } finally {
    client.release();
  }
}

/** At most limit + 1 rows. Rows with a value and rows without are two index ranges, read one after the other. */
async function readRows(
  client: pg.PoolClient,
  request: FeaturePageRequest,
  filter: Conditions,
): Promise<FeatureListRow[]> {
  const { after, sort } = request;
  const wanted = request.limit + 1;
  const valued =
    after !== null && after.value === null
      ? []
      : await readRange(client, request, { filter, range: 'valued', after, limit: wanted });
  if (!sortColumns[sort].nullable || valued.length === wanted) return valued;
  const afterNull = after !== null && after.value === null ? after : null;
  const limit = wanted - valued.length;
  return [...valued, ...(await readRange(client, request, { filter, range: 'unvalued', after: afterNull, limit }))];
}

interface Range {
  filter: Conditions;
  range: 'valued' | 'unvalued';
  after: FeaturePosition | null;
  limit: number;
}

async function readRange(
  client: pg.PoolClient,
  { sort, order }: FeaturePageRequest,
  { filter, range, after, limit }: Range,
): Promise<FeatureListRow[]> {
  const column = sortColumns[sort];
  const conditions = [...filter.conditions];
  const values = [...filter.values];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const beyond = order === 'asc' ? '>' : '<';
  if (column.nullable) conditions.push(`${column.sql} IS ${range === 'valued' ? 'NOT NULL' : 'NULL'}`);
  if (after) {
    conditions.push(
      sort === 'index' || range === 'unvalued'
        ? `"index" ${beyond} ${bind(after.index)}`
        : `(${column.sql}, "index") ${beyond} (${bind(after.value)}::${column.type}, ${bind(after.index)}::int)`,
    );
  }
  // Also where the value is NULL throughout: the index that serves the order is (runId, value, index).
  const ordering = sort === 'index' ? `"index" ${order}` : `${column.sql} ${order}, "index" ${order}`;
  const { rows } = await client.query<FeatureListRow>(
    `SELECT page.*, evidence."listExample" FROM (
       SELECT ${column.sql} AS "sortValue", "runId", "index", "dead", "starred", "density", "maxActivation", "meanActivation", "topTokenIds", "topTokenValues",
              "labelText", "labelScore", "userLabel"
       FROM "Feature" WHERE ${conditions.join(' AND ')} ORDER BY ${ordering} LIMIT ${bind(limit)}
     ) AS page JOIN "FeatureEvidence" AS evidence ON evidence."runId" = page."runId" AND evidence."index" = page."index"
     ORDER BY page."sortValue" ${order}, page."index" ${order}`,
    values,
  );
  return rows;
}

async function countRows(client: pg.PoolClient, { conditions, values }: Conditions): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM "Feature" WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return rows[0].n;
}

const queryCanceled = '57014';
const invalidRegularExpression = '2201B';

function searchError(error: unknown): unknown {
  const code = (error as { code?: string }).code;
  if (code === queryCanceled) return new SearchTimeoutError('The search took too long', { cause: error });
  if (code === invalidRegularExpression) return new LabelPatternError((error as Error).message, { cause: error });
  return error;
}
