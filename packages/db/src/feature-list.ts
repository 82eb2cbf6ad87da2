import type { FeatureQuery } from '@featurescope/contracts';
import type pg from 'pg';
import type { Db } from './client.ts';

export type FeatureSortKey = NonNullable<FeatureQuery['sort']>;

/** The row after which a page begins: its sort value and index. Null: the rows without a value have begun. */
export interface FeaturePosition {
  value: number | null;
  index: number;
}

export interface FeatureSearch {
  /** Part of a label, in any case. */
  label?: string;
  /** A PostgreSQL regular expression over labels. Excludes the other two. */
  labelPattern?: string;
  /** Any of these tokens at a peak or among the top output tokens; alternative to `label`. */
  tokenIds?: number[];
}

export interface FeaturePageRequest {
  runId: string;
  sort: FeatureSortKey;
  order: 'asc' | 'desc';
  after: FeaturePosition | null;
  limit: number;
  dead?: boolean;
  search?: FeatureSearch;
  /** Count all rows that match, too. */
  count: boolean;
  /** The database gives up after this long: SearchTimeoutError. */
  timeoutMs: number;
}

export interface FeatureListRow {
  index: number;
  dead: boolean;
  density: number;
  maxActivation: number;
  meanActivation: number;
  topTokenIds: number[];
  topTokenValues: number[];
  labelText: string | null;
  labelScore: number | null;
  userLabel: string | null;
  listExample: Uint8Array;
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

const sortColumns: Record<FeatureSortKey, string> = {
  index: 'index',
  density: 'density',
  maxActivation: 'maxActivation',
  meanActivation: 'meanActivation',
  score: 'labelScore',
};

/** One page by keyset: rows are found by their place in an index, so that the thousandth page costs what the first does.
 *  Ties go by index in the same direction; rows without a value come last in both directions. */
export async function readFeaturePage(db: Db, request: FeaturePageRequest): Promise<FeaturePageRows> {
  const client = await db.pool.connect();
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(request.timeoutMs)}`);
    const filter = filterOf(request);
    const rows = await readRows(client, request, filter);
    const total = request.count ? await countRows(client, filter) : null;
    await client.query('COMMIT');
    const page = rows.slice(0, request.limit);
    const last = page.at(-1);
    const next =
      rows.length > request.limit && last ? { value: sortValue(last, request.sort), index: last.index } : null;
    return { rows: page, next, total };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw searchError(error);
  } finally {
    client.release();
  }
}

interface Filter {
  conditions: string[];
  values: unknown[];
}

function filterOf({ runId, dead, search }: FeaturePageRequest): Filter {
  const conditions = ['"runId" = $1'];
  const values: unknown[] = [runId];
  const bind = (value: unknown) => `$${values.push(value)}`;
  if (dead !== undefined) conditions.push(`"dead" = ${bind(dead)}`);
  if (search?.labelPattern !== undefined) {
    conditions.push(`COALESCE("userLabel", "labelText") ~* ${bind(search.labelPattern)}`);
  } else if (search) {
    const either: string[] = [];
    if (search.label !== undefined) {
      const pattern = bind(`%${search.label.replace(/[\\%_]/g, '\\$&')}%`);
      either.push(`"labelText" ILIKE ${pattern}`, `"userLabel" ILIKE ${pattern}`);
    }
    if (search.tokenIds && search.tokenIds.length > 0)
      either.push(`"searchTokenIds" && ${bind(search.tokenIds)}::int[]`);
    conditions.push(either.length > 0 ? `(${either.join(' OR ')})` : 'false');
  }
  return { conditions, values };
}

/** At most limit + 1 rows. Rows with a value and rows without are two index ranges, read one after the other. */
async function readRows(client: pg.PoolClient, request: FeaturePageRequest, filter: Filter): Promise<FeatureListRow[]> {
  const { after, sort } = request;
  const wanted = request.limit + 1;
  if (sort === 'index') return readRange(client, request, { filter, range: 'valued', after, limit: wanted });
  const valued =
    after !== null && after.value === null
      ? []
      : await readRange(client, request, { filter, range: 'valued', after, limit: wanted });
  if (sort !== 'score' || valued.length === wanted) return valued;
  const afterNull = after !== null && after.value === null ? after : null;
  const limit = wanted - valued.length;
  return [...valued, ...(await readRange(client, request, { filter, range: 'unvalued', after: afterNull, limit }))];
}

interface Range {
  filter: Filter;
  range: 'valued' | 'unvalued';
  after: FeaturePosition | null;
  limit: number;
}

async function readRange(
  client: pg.PoolClient,
  { sort, order }: FeaturePageRequest,
  { filter, range, after, limit }: Range,
): Promise<FeatureListRow[]> {
  const column = `"${sortColumns[sort]}"`;
  const conditions = [...filter.conditions];
  const values = [...filter.values];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const beyond = order === 'asc' ? '>' : '<';
  if (sort === 'score') conditions.push(`${column} IS ${range === 'valued' ? 'NOT NULL' : 'NULL'}`);
  if (after) {
    conditions.push(
      sort === 'index' || range === 'unvalued'
        ? `"index" ${beyond} ${bind(after.index)}`
        : `(${column}, "index") ${beyond} (${bind(after.value)}::float8, ${bind(after.index)}::int)`,
    );
  }
  // Also where the value is NULL throughout: the index that serves the order is (runId, value, index).
  const ordering = sort === 'index' ? `"index" ${order}` : `${column} ${order}, "index" ${order}`;
  const { rows } = await client.query<FeatureListRow>(
    `SELECT page.*, evidence."listExample" FROM (
       SELECT "runId", "index", "dead", "density", "maxActivation", "meanActivation", "topTokenIds", "topTokenValues",
              "labelText", "labelScore", "userLabel"
       FROM "Feature" WHERE ${conditions.join(' AND ')} ORDER BY ${ordering} LIMIT ${bind(limit)}
     ) AS page JOIN "FeatureEvidence" AS evidence ON evidence."runId" = page."runId" AND evidence."index" = page."index"
     ORDER BY ${sort === 'index' ? '' : `page.${column} ${order}, `}page."index" ${order}`,
    values,
  );
  return rows;
}

async function countRows(client: pg.PoolClient, { conditions, values }: Filter): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM "Feature" WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return rows[0].n;
}

function sortValue(row: FeatureListRow, sort: FeatureSortKey): number | null {
  if (sort === 'score') return row.labelScore;
  return row[sort];
}

const queryCanceled = '57014';
const invalidRegularExpression = '2201B';

function searchError(error: unknown): unknown {
  const code = (error as { code?: string }).code;
  if (code === queryCanceled) return new SearchTimeoutError('The search took too long', { cause: error });
  if (code === invalidRegularExpression) return new LabelPatternError((error as Error).message, { cause: error });
  return error;
}
