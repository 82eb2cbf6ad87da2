import type {
  FeatureDetail,
  FeatureRow,
  Label,
  RecoveredFeature,
  RecoveredMark,
  TokenWeight,
} from '@featurescope/contracts';
import type { FeatureDetailRow, FeatureListRow } from '@featurescope/db';
import { histogramEdges } from '@featurescope/interp/examples';
import { unpackExamples } from './feature-examples.ts';
import type { Vocabulary } from './vocabularies.ts';

/** Output tokens that a list shows; the feature's own page shows all. */
const listedTokens = 5;

type Texts = Pick<Vocabulary, 'text'>;

function tokenWeights(ids: number[], values: number[], vocabulary: Texts): TokenWeight[] {
  return ids.map((tokenId, i) => ({ tokenId, text: vocabulary.text(tokenId), value: values[i] }));
}

export function toFeatureRow(
  row: FeatureListRow,
  { example, recovered, vocabulary }: Pick<FeatureRow, 'example' | 'recovered'> & { vocabulary: Texts },
): FeatureRow {
  return {
    index: row.index,
    label: row.userLabel ?? row.labelText,
    labelSource: row.userLabel !== null ? 'user' : row.labelText !== null ? 'explainer' : null,
    labelScore: row.labelScore,
    density: row.density,
    maxActivation: row.maxActivation,
    meanActivation: row.meanActivation,
    dead: row.dead,
    starred: row.starred,
    topTokens: tokenWeights(row.topTokenIds, row.topTokenValues, vocabulary).slice(0, listedTokens),
    recovered,
    example,
  };
}

/** recovered: of the feature and of its neighbours; empty for a run on a model. */
export function toFeatureDetail(
  row: FeatureDetailRow,
  run: { id: string; nIndexedTokens: number },
  { vocabulary, recovered }: { vocabulary: Texts; recovered: Map<number, RecoveredFeature> },
): FeatureDetail {
  const { feature, evidence } = row;
  const exampleCounts = { top: 0, q4: 0, q3: 0, q2: 0, q1: 0, random: 0, nearMiss: 0 };
  for (const { band } of unpackExamples(evidence.examples)) exampleCounts[band]++;
  return {
    runId: run.id,
    index: feature.index,
    dead: feature.dead,
    starred: feature.starred,
    density: feature.density,
    nFiring: Number(feature.nFiring),
    nIndexedTokens: run.nIndexedTokens,
    maxActivation: feature.maxActivation,
    meanActivation: feature.meanActivation,
    histogram: {
      edges: feature.maxActivation > 0 ? histogramEdges(feature.maxActivation) : [],
      counts: evidence.histogram,
    },
    quantileBorders: evidence.quantileBorders,
    topTokens: tokenWeights(feature.topTokenIds, feature.topTokenValues, vocabulary),
    bottomTokens: tokenWeights(evidence.bottomTokenIds, evidence.bottomTokenValues, vocabulary),
    neighbours: evidence.neighbourIndices.map((index, i) => ({
      index,
      cosine: evidence.neighbourCosines[i],
      label: row.neighbourLabels.get(index) ?? null,
      recovered: toRecoveredMark(recovered.get(index)),
    })),
    label: row.label && toLabel(row.label),
    userLabel:
      feature.userLabel !== null && feature.userLabelAt !== null
        ? { text: feature.userLabel, updatedAt: feature.userLabelAt.toISOString() }
        : null,
    recovered: recovered.get(feature.index) ?? null,
    exampleCounts,
    previousIndex: row.previousIndex,
    nextIndex: row.nextIndex,
  };
}

/** The little of it that stands in a list. */
export const toRecoveredMark = (recovered: RecoveredFeature | undefined): RecoveredMark | null =>
  recovered === undefined ? null : { best: recovered.best, matched: recovered.matched };

function toLabel(row: NonNullable<FeatureDetailRow['label']>): Label {
  const split = row.split as { explaining?: unknown[]; scoring?: unknown[] };
  return {
    status: row.status as Label['status'],
    text: row.text,
    explainer: row.explainer,
    predicate: row.predicate,
    score: row.score,
    interval: row.scoreLow !== null && row.scoreHigh !== null ? [row.scoreLow, row.scoreHigh] : null,
    confusion: row.confusion as Label['confusion'],
    nExplain: split.explaining?.length ?? 0,
    nScore: split.scoring?.length ?? 0,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
  };
}
