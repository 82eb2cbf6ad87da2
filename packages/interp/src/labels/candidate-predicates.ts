import type { Predicate, TokenClass } from '../types.ts';
import { type TokenCatalogue, tokenClasses } from './token-catalogue.ts';
import { MAX_WITHIN, type Window, type WindowSet } from './window-set.ts';

const MAX_TOKENS = 12;
const MIN_SUPPORT = 2;
const MAX_AFFIX = 4;
const RECENT = [4, MAX_WITHIN];
const MAX_RECENT_TOKENS = 8;
const POSITIONS = [
  { from: 1, to: 2 },
  { from: 1, to: 5 },
  { from: 1, to: 17 },
  { from: 128, to: 65_536 },
];

/** How well a mask separates; greater is better. */
export type Judge = (mask: Uint32Array) => number;

/** Conditions suggested by what stands at and before the peaks of the explaining positives. Everything is proposed here;
 *  nothing is chosen but the order of growth of token sets. */
export function candidatePredicates(set: WindowSet, catalogue: TokenCatalogue, judge: Judge): Predicate[] {
  const peaks = set.windows.filter(({ fires }) => fires);
  const at = (distance: number) =>
    peaks.filter(({ focus }) => focus >= distance).map((w) => w.tokenIds[w.focus - distance]);
  return [
    ...tokenSets('token', { tokenIds: at(0), set, catalogue, judge }),
    ...tokenSets('previousToken', { tokenIds: at(1), set, catalogue, judge }),
    ...ngrams(peaks, 2),
    ...ngrams(peaks, 3),
    ...recentTokens(peaks, { set, catalogue, judge }),
    ...classes('class', at(0), catalogue),
    ...classes('previousClass', at(1), catalogue),
    ...affixes(at(0), catalogue),
    ...POSITIONS.map((range): Predicate => ({ type: 'position', ...range })),
    ...documentKinds(peaks, judge, set),
  ];
}

/** Ids with at least MIN_SUPPORT occurrences, most frequent first, ties to the lower id. */
function frequent(tokenIds: readonly number[], limit: number): number[] {
  const counts = new Map<number, number>();
  for (const tokenId of tokenIds) counts.set(tokenId, (counts.get(tokenId) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= MIN_SUPPORT)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, limit)
    .map(([tokenId]) => tokenId);
}

interface TokenSetInput {
  tokenIds: readonly number[];
  set: WindowSet;
  catalogue: TokenCatalogue;
  judge: Judge;
}

/** Single tokens, single words in all their spellings, and sets of words grown greedily while they separate better. */
function tokenSets(type: 'token' | 'previousToken', { tokenIds, set, catalogue, judge }: TokenSetInput): Predicate[] {
  const seeds = frequent(tokenIds, MAX_TOKENS * 2);
  const words = [...new Map(wordsOf(tokenIds, catalogue).map((ids) => [ids[0], ids])).values()].slice(
    0,
    MAX_TOKENS * 2,
  );
  const result: Predicate[] = [...seeds.map((tokenId): Predicate => ({ type, tokenIds: [tokenId] }))];
  for (const units of [words, seeds.map((tokenId) => [tokenId])]) result.push(...grow(type, units, { set, judge }));
  return result;
}

/** Spellings of the words that occur at least MIN_SUPPORT times in any spelling, most frequent first. */
function wordsOf(tokenIds: readonly number[], catalogue: TokenCatalogue): number[][] {
  const firsts = tokenIds.map((tokenId) => catalogue.variants(tokenId)[0]);
  return frequent(firsts, MAX_TOKENS * 2).map((first) => catalogue.variants(first));
}

/** Every stage of greedy growth: the unit that helps most is added, until none helps. */
function grow(
  type: 'token' | 'previousToken',
  units: readonly number[][],
  { set, judge }: { set: WindowSet; judge: Judge },
): Predicate[] {
  const masks = units.map((tokenIds) => set.mask({ type, tokenIds }));
  const stages: Predicate[] = [];
  const left = new Set(units.keys());
  let union = new Uint32Array(set.windows.length);
  let tokenIds: number[] = [];
  let score = Number.NEGATIVE_INFINITY;
  while (left.size > 0 && stages.length < MAX_TOKENS) {
    let best: { unit: number; score: number; mask: Uint32Array<ArrayBuffer> } | null = null;
    for (const unit of left) {
      const mask = union.map((word, w) => word | masks[unit][w]);
      const value = judge(mask);
      if (value > (best?.score ?? score)) best = { unit, score: value, mask };
    }
    if (!best) break;
    left.delete(best.unit);
    union = best.mask;
    score = best.score;
    tokenIds = [...tokenIds, ...units[best.unit]];
    stages.push({ type, tokenIds });
  }
  return stages;
}

function ngrams(peaks: readonly Window[], length: number): Predicate[] {
  const counts = new Map<string, number[]>();
  const support = new Map<string, number>();
  for (const { tokenIds, focus } of peaks) {
    if (focus - length + 1 < 1) continue;
    const ngram = Array.from(tokenIds.subarray(focus - length + 1, focus + 1));
    counts.set(ngram.join(), ngram);
    support.set(ngram.join(), (support.get(ngram.join()) ?? 0) + 1);
  }
  return [...counts]
    .filter(([key]) => (support.get(key) ?? 0) >= MIN_SUPPORT)
    .sort((a, b) => (support.get(b[0]) ?? 0) - (support.get(a[0]) ?? 0) || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_TOKENS)
    .map(([, tokenIds]): Predicate => ({ type: 'ngram', tokenIds }));
}

/** Tokens that often stand shortly before the peak; each at two ranges, and the better ones as a set. */
function recentTokens(
  peaks: readonly Window[],
  { set, catalogue, judge }: Omit<TokenSetInput, 'tokenIds'>,
): Predicate[] {
  const before = peaks.flatMap(({ tokenIds, focus }) => [
    ...new Set(tokenIds.subarray(Math.max(0, focus - MAX_WITHIN), focus)),
  ]);
  const ranked = RECENT.flatMap((within) =>
    wordsOf(before, catalogue)
      .map((tokenIds): Predicate => ({ type: 'recentToken', tokenIds, within }))
      .map((predicate) => ({ predicate, value: judge(set.mask(predicate)) })),
  );
  return ranked
    .sort((a, b) => b.value - a.value)
    .slice(0, MAX_RECENT_TOKENS)
    .map(({ predicate }) => predicate);
}

function classes(type: 'class' | 'previousClass', tokenIds: readonly number[], catalogue: TokenCatalogue): Predicate[] {
  const present = (name: TokenClass) => tokenIds.filter((tokenId) => catalogue.entry(tokenId).classes.has(name)).length;
  return tokenClasses.filter((name) => present(name) >= MIN_SUPPORT).map((name): Predicate => ({ type, class: name }));
}

/** Beginnings and endings of 2 to 4 characters that several different words at the peaks share. */
function affixes(tokenIds: readonly number[], catalogue: TokenCatalogue): Predicate[] {
  const words = [...new Set(tokenIds.map((tokenId) => catalogue.entry(tokenId).word))].filter((word) =>
    /^\p{L}+$/u.test(word),
  );
  const result: Predicate[] = [];
  for (const type of ['startsWith', 'endsWith'] as const) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let size = 2; size <= MAX_AFFIX && size <= word.length; size++) {
        const text = type === 'startsWith' ? word.slice(0, size) : word.slice(-size);
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
    for (const [text, count] of counts) if (count >= MIN_SUPPORT + 1) result.push({ type, text });
  }
  return result;
}

/** Single kinds, and the kinds grown greedily. */
function documentKinds(peaks: readonly Window[], judge: Judge, set: WindowSet): Predicate[] {
  const kinds = [...new Set(peaks.map(({ documentKind }) => documentKind))];
  const ranked = kinds
    .map((kind) => ({ kind, value: judge(set.mask({ type: 'documentKind', kinds: [kind] })) }))
    .sort((a, b) => b.value - a.value || (a.kind < b.kind ? -1 : 1));
  return [1, 2, 3]
    .filter((count) => count <= ranked.length)
    .map((count) => ({ type: 'documentKind', kinds: ranked.slice(0, count).map(({ kind }) => kind) }));
}
