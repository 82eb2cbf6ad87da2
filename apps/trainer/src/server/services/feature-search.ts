import type { FeatureSearch } from '@featurescope/db';
import type { Vocabulary } from './vocabularies.ts';

/** Tokens that one search can stand for: more would make it slow, and mean nothing. */
const maxSearchTokens = 200;

/** What the search box's text means: /…/ is a regular expression over labels, everything else part of a label or of a token. */
export function parseSearch(q: string | undefined, vocabulary: Pick<Vocabulary, 'search'>): FeatureSearch | undefined {
  if (q === undefined || q.trim() === '') return undefined;
  const pattern = /^\/(.+)\/i?$/s.exec(q.trim())?.[1];
  if (pattern !== undefined) return { labelPattern: pattern };
  return { label: q.trim(), tokenIds: vocabulary.search(q, maxSearchTokens) };
}
