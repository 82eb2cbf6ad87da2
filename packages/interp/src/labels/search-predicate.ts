import type { Predicate } from '../types.ts';
import { candidatePredicates } from './candidate-predicates.ts';
import type { TokenCatalogue } from './token-catalogue.ts';
import type { WindowSet } from './window-set.ts';

/** Singles that are tried in pairs. */
const PAIRED = 24;
/** What a second condition must add to be worth a longer sentence, and what each further word must. They also hold back what
 *  would fit these few examples and no others: an unrelated alternative fits anything, so it must add most. */
const COST = { and: 0.02, or: 0.08, word: 0.012 };
/** Between conditions that separate windows alike, the one that holds at the right tokens of the positives wins. */
const WEIGHT_OF_TOKENS = 0.15;

interface Judged {
  predicate: Predicate;
  mask: Uint32Array;
  value: number;
}

/** The condition, single or a conjunction or disjunction of two, that best tells the windows where the feature fires from the
 *  others: balanced accuracy of "holds somewhere in the window", plus a little for holding at the tokens that fire, less a little for length.
 *  Deterministic. Null when the windows suggest nothing. */
export function searchPredicate(set: WindowSet, catalogue: TokenCatalogue): Predicate | null {
  const balancedAccuracy = windowAccuracy(set);
  const agreement = tokenAgreement(set);
  const judge = (mask: Uint32Array) => balancedAccuracy(mask) + WEIGHT_OF_TOKENS * agreement(mask);
  const singles = candidatePredicates(set, catalogue, judge).map((predicate): Judged => {
    const mask = set.mask(predicate);
    return { predicate, mask, value: judge(mask) - COST.word * length(predicate) };
  });
  singles.sort((a, b) => b.value - a.value);
  let best: Judged | null = singles[0] ?? null;
  const parts = diverse(singles).slice(0, PAIRED);
  for (const [first, a] of parts.entries()) {
    for (const b of parts.slice(first + 1)) {
      for (const type of ['and', 'or'] as const) {
        const mask = a.mask.map((word, w) => (type === 'and' ? word & b.mask[w] : word | b.mask[w]));
        const cost = COST[type] + COST.word * (length(a.predicate) + length(b.predicate));
        const value = judge(mask) - cost;
        if (best && value > best.value) best = { predicate: { type, of: [a.predicate, b.predicate] }, mask, value };
      }
    }
  }
  return best?.predicate ?? null;
}

/** (TPR + TNR) / 2 of a mask, the positives weighted by strength: what the feature is strongest on names it. */
function windowAccuracy({ windows }: WindowSet): (mask: Uint32Array) => number {
  const positive = windows.reduce((sum, { strength }) => sum + strength, 0);
  const nNegative = windows.filter(({ fires }) => !fires).length;
  return (mask) => {
    let hits = 0;
    let alarms = 0;
    for (let w = 0; w < windows.length; w++) {
      if (mask[w] === 0) continue;
      if (windows[w].fires) hits += windows[w].strength;
      else alarms++;
    }
    return (hits / positive + 1 - alarms / nNegative) / 2;
  };
}

/** F1 of "holds here" against "fires here" over the tokens of the positives. */
function tokenAgreement({ windows }: WindowSet): (mask: Uint32Array) => number {
  const nFiring = windows.reduce((sum, { firing }) => sum + countBits(firing), 0);
  return (mask) => {
    let nHolding = 0;
    let nBoth = 0;
    for (let w = 0; w < windows.length; w++) {
      if (!windows[w].fires || mask[w] === 0) continue;
      nHolding += countBits(mask[w]);
      nBoth += countBits(mask[w] & windows[w].firing);
    }
    return (2 * nBoth) / (nHolding + nFiring);
  };
}

/** Ones in a 32-bit word. Source: Warren, Hacker's Delight, figure 5-2. */
function countBits(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

/** Drops conditions that hold at exactly the same places as a better one. */
function diverse(judged: readonly Judged[]): Judged[] {
  const seen = new Set<string>();
  return judged.filter(({ mask }) => {
    const key = mask.join();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Things named beyond the first. */
function length(predicate: Predicate): number {
  if ('tokenIds' in predicate) return predicate.type === 'ngram' ? 0 : Math.min(predicate.tokenIds.length, 12) - 1;
  if (predicate.type === 'documentKind') return predicate.kinds.length - 1;
  return 0;
}
