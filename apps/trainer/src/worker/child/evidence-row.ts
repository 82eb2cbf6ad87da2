import type { EvidenceRow } from '@featurescope/db';
import { type DecoderNeighbours, encodeExamples, type FeatureEvidence, type LogitEffects } from '@featurescope/interp';
import type { TokenCorpus } from '@featurescope/store';

export interface FeatureFindings {
  evidence: FeatureEvidence;
  effects: LogitEffects;
  neighbours: DecoderNeighbours;
  /** [dModel], the decoder row. */
  direction: Float32Array;
}

/** A feature's findings as the database keeps them. */
export function evidenceRow(
  { evidence, effects, neighbours, direction }: FeatureFindings,
  corpus: TokenCorpus,
): EvidenceRow {
  const { examples } = evidence;
  const topTokenIds = effects.top.map(({ tokenId }) => tokenId);
  const peakTokenIds = examples.top.map(
    ({ contextIndex, peakPosition }) => corpus.context(contextIndex).tokenIds[peakPosition],
  );
  return {
    index: evidence.featureIndex,
    dead: evidence.firingCount === 0,
    density: evidence.density,
    nFiring: evidence.firingCount,
    maxActivation: evidence.max,
    meanActivation: evidence.mean,
    topTokenIds,
    topTokenValues: effects.top.map(({ value }) => value),
    searchTokenIds: [...new Set([...peakTokenIds, ...topTokenIds])],
    direction: new Uint8Array(direction.slice().buffer),
    bottomTokenIds: effects.bottom.map(({ tokenId }) => tokenId),
    bottomTokenValues: effects.bottom.map(({ value }) => value),
    neighbourIndices: neighbours.neighbours.map(({ featureIndex }) => featureIndex),
    neighbourCosines: neighbours.neighbours.map(({ cosine }) => cosine),
    histogram: evidence.histogram.counts,
    quantileBorders: evidence.bandBorders ?? [],
    examples: ownBytes(encodeExamples(examples)),
    listExample: ownBytes(
      encodeExamples({ top: examples.top.slice(0, 1), bands: [[], [], [], []], random: [], nearMisses: [] }),
    ),
  };
}

/** Contexts that a feature's examples point at. */
export function contextsOf({ examples }: FeatureEvidence): number[] {
  const all = [examples.top, ...examples.bands, examples.random, examples.nearMisses].flat();
  return all.map(({ contextIndex }) => contextIndex);
}

const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
