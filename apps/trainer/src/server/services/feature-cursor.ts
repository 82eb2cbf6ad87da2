import type { FeatureFilter, FeatureQuery } from '@featurescope/contracts';
import type { FeaturePosition } from '@featurescope/db';
import { z } from 'zod';
import { AppError } from '../../app-error.ts';

/** What a list shows; a cursor of one list is refused in another. */
export interface FeatureListing {
  runId: string;
  sort: NonNullable<FeatureQuery['sort']>;
  order: 'asc' | 'desc';
  q: string | undefined;
  filter: FeatureFilter;
}

export interface FeatureCursor {
  after: FeaturePosition;
  /** Counted once, with the first page. */
  total: number;
}

const cursorSchema = z.tuple([
  z.string(),
  z.union([z.number(), z.string(), z.null()]),
  z.number().int().min(0),
  z.number().int().min(0),
]);

export function encodeCursor(listing: FeatureListing, { after, total }: FeatureCursor): string {
  return Buffer.from(JSON.stringify([keyOf(listing), after.value, after.index, total])).toString('base64url');
}

/** Throws invalid_request for a cursor that is none, or that belongs to another list. */
export function decodeCursor(listing: FeatureListing, cursor: string): FeatureCursor {
  let parsed: z.infer<typeof cursorSchema> | undefined;
  try {
    parsed = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw invalidCursor('is not one that this server gave');
  }
  const [key, value, index, total] = parsed;
  if (key !== keyOf(listing)) throw invalidCursor('belongs to another run, sorting, filter or search');
  return { after: { value, index }, total };
}

/** Short, and different for lists that differ; nothing secret hangs on it. */
function keyOf({ runId, sort, order, q, filter }: FeatureListing): string {
  const sorted = Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1));
  let hash = 0;
  for (const character of JSON.stringify([runId, q ?? null, sorted]))
    hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return [sort, order, hash >>> 0].join('.');
}

function invalidCursor(fault: string): AppError {
  return new AppError('invalid_request', `cursor ${fault}. Begin again without a cursor.`, { field: 'cursor' });
}
