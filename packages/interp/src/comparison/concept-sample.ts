import { Rng } from '@featurescope/sae';
import type { ContextSource } from '../types.ts';
import type { ConceptTokens } from './concept-tokens.ts';

/** A token of one side of the concept at one place of the text. */
export interface ConceptOccurrence {
  contextIndex: number;
  position: number;
  tokenId: number;
  isPositive: boolean;
  /** Which occurrences the probes learn from, and which they are judged by. */
  isTest: boolean;
}

export interface ConceptSampleOptions {
  source: ContextSource;
  /** Contexts that may be used. */
  contextIndices: Int32Array;
  seed: number;
  /** Tokens of text that the model is run on at most. Default 60,000. */
  maxTokens?: number;
  /** Occurrences of one token at most, so that no frequent word decides. Default 4, more where a side has few tokens. */
  perToken?: number;
  /** Default .3. */
  testShare?: number;
}

/** Enough for a side, whatever its number of tokens. */
const WANTED_PER_SIDE = 400;
/** Sides with fewer tokens are split by occurrence: a handful of tokens cannot stand for others. */
const MIN_TOKENS_TO_SPLIT = 10;

/** Places where tokens of the concept stand, from contexts in random order until the text is used up. A token's occurrences are all for
 *  learning or all for judging, so that a probe is judged on words it has not seen; only where a side has fewer than ten tokens its
 *  occurrences are split. Position 0 is left out: nothing stands before it. Sorted by context and position. */
export function sampleConcept(tokens: ConceptTokens, options: ConceptSampleOptions): ConceptOccurrence[] {
  const { source, contextIndices, seed, maxTokens = 60_000, testShare = 0.3 } = options;
  const rng = Rng.fromSeed(seed, 'concept-sample');
  const sides = [sideOf(tokens.positive, true), sideOf(tokens.negative, false)];
  const sideOfToken = new Map(sides.flatMap((side) => side.tokenIds.map((id) => [id, side] as const)));
  const testTokens = new Set(
    sides.flatMap(({ tokenIds }) => rng.shuffle([...tokenIds]).slice(0, Math.round(testShare * tokenIds.length))),
  );
  const taken = new Map<number, number>();
  const occurrences: ConceptOccurrence[] = [];
  let nTokens = 0;
  for (const contextIndex of rng.shuffle(contextIndices.slice())) {
    const { tokenIds } = source.context(contextIndex);
    nTokens += tokenIds.length;
    if (nTokens > maxTokens && nTokens > tokenIds.length) break;
    tokenIds.forEach((tokenId, position) => {
      const side = sideOfToken.get(tokenId);
      const count = taken.get(tokenId) ?? 0;
      if (side === undefined || position === 0 || count >= (options.perToken ?? side.perToken)) return;
      taken.set(tokenId, count + 1);
      const isTest = side.splitsTokens ? testTokens.has(tokenId) : rng.float() < testShare;
      occurrences.push({ contextIndex, position, tokenId, isPositive: side.isPositive, isTest });
    });
  }
  return occurrences.sort((a, b) => a.contextIndex - b.contextIndex || a.position - b.position);
}

function sideOf(tokenIds: number[], isPositive: boolean) {
  const splitsTokens = tokenIds.length >= MIN_TOKENS_TO_SPLIT;
  return { tokenIds, isPositive, splitsTokens, perToken: Math.max(4, Math.ceil(WANTED_PER_SIDE / tokenIds.length)) };
}
