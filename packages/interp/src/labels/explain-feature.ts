import type { LabelResult, ScoredExample } from '../types.ts';
import { labelScore } from './label-score.ts';
import { labelText } from './label-text.ts';
import { searchPredicate } from './search-predicate.ts';
import { type SplitOptions, splitExamples } from './split-examples.ts';
import type { TokenCatalogue } from './token-catalogue.ts';
import { type Window, WindowSet } from './window-set.ts';

/** Names the method and its version in what is stored. */
export const EXPLAINER = 'predicate/1';

/** Fewer on either side, and neither an explanation nor a score would mean anything. */
const MIN_POSITIVES = 5;
const MIN_NEGATIVES = 5;

export interface ExplainOptions extends SplitOptions {
  catalogue: TokenCatalogue;
}

/** Finds a condition on tokens and context on one half of a feature's examples and scores it on the other: for each window,
 *  does it contain the feature? A feature with too few examples is failed, with the reason; a bad label keeps its low score. */
export function explainFeature(options: ExplainOptions): LabelResult {
  const { featureIndex, catalogue } = options;
  const failed = (reason: string): LabelResult => ({ status: 'failed', featureIndex, reason, explainer: EXPLAINER });
  const split = splitExamples(options);
  for (const [side, windows] of Object.entries(split)) {
    const positives = windows.filter(({ fires }) => fires).length;
    const negatives = windows.length - positives;
    if (positives < MIN_POSITIVES)
      return failed(`Only ${positives} firing examples for ${side}; ${MIN_POSITIVES} are needed`);
    if (negatives < MIN_NEGATIVES)
      return failed(`Only ${negatives} silent examples for ${side}; ${MIN_NEGATIVES} are needed`);
  }
  const explaining = new WindowSet(split.explaining, catalogue);
  const predicate = searchPredicate(explaining, catalogue);
  if (!predicate) return failed('The firing examples have nothing in common that a condition could name');
  const scoring = new WindowSet(split.scoring, catalogue);
  const decided = {
    explaining: decide(explaining, explaining.mask(predicate)),
    scoring: decide(scoring, scoring.mask(predicate)),
  };
  return {
    status: 'scored',
    featureIndex,
    text: capitalise(labelText(predicate, catalogue)),
    predicate,
    score: labelScore(decided.scoring),
    explainingAccuracy: labelScore(decided.explaining).balancedAccuracy,
    split: decided,
    explainer: EXPLAINER,
  };
}

function decide(set: WindowSet, mask: Uint32Array): ScoredExample[] {
  return set.windows.map(({ contextIndex, start, end, focus, source, fires }: Window, w) => ({
    ...{ contextIndex, start, end, focus, source, fires },
    predicted: mask[w] !== 0,
  }));
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
