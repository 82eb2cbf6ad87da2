import type { LabelRow } from '@featurescope/db';
import type { LabelResult, ScoredExample } from '@featurescope/interp';

/** An explainer's result as the database keeps it. */
export function labelRow(result: LabelResult): LabelRow {
  const { featureIndex, explainer } = result;
  if (result.status === 'failed') {
    const nothing = { text: null, predicate: null, score: null, scoreLow: null, scoreHigh: null, confusion: null };
    return { featureIndex, explainer, status: 'failed', ...nothing, split: noSplit, reason: result.reason };
  }
  const { score, split } = result;
  return {
    featureIndex,
    explainer,
    status: 'scored',
    text: result.text,
    predicate: result.predicate,
    score: score.balancedAccuracy,
    scoreLow: score.interval[0],
    scoreHigh: score.interval[1],
    confusion: score.confusion,
    split: { explaining: contexts(split.explaining), scoring: contexts(split.scoring) },
    reason: null,
  };
}

const contexts = (examples: ScoredExample[]) => examples.map(({ contextIndex }) => contextIndex);
const noSplit = { explaining: [], scoring: [] };
