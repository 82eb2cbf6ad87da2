import type { LanguageModel } from '@featurescope/lm';
import { joinRows, type SparseActs, type SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';
import { longestFirst, modelRows } from '../activations/model-rows.ts';
import { InsufficientDataError, InvalidRequestError } from '../errors.ts';
import type { ContextSource } from '../types.ts';
import { type TokenAbsorption, tokenAbsorptions } from './absorption.ts';
import { type ConceptOccurrence, sampleConcept } from './concept-sample.ts';
import { type Concept, conceptTokens } from './concept-tokens.ts';
import { type Confusion, confusionOf, f1Of } from './confusion.ts';
import { fitLogistic, probeScores } from './logistic-regression.ts';
import { type MainLatents, mainLatents } from './main-latents.ts';

export interface MeasureAbsorptionOptions {
  model: Pick<LanguageModel, 'run' | 'config' | 'tokenizer'>;
  sae: SparseAutoencoder;
  hookName: string;
  source: ContextSource;
  contextIndices: Int32Array;
  concept: Concept;
  seed: number;
  /** Of text that the model reads. */
  maxTokens?: number;
  signal?: AbortSignal;
  onProgress?(done: { nTokens: number; total: number }): void | Promise<void>;
}

/** Occurrences of the concept's tokens without which nothing can be said. */
const MIN_POSITIVES = 10;

export interface JudgedToken extends TokenAbsorption {
  contextIndex: number;
  position: number;
  tokenId: number;
}

export interface AbsorptionResult {
  nPositiveTokens: number;
  nNegativeTokens: number;
  /** Entries of a list that are no token. */
  unknown: string[];
  /** Occurrences. */
  nTrain: { positive: number; negative: number };
  nTest: { positive: number; negative: number };
  /** The dense probe on rows it did not learn from. */
  probe: { f1: number; confusion: Confusion };
  main: (MainLatents['curve'][number] & { isMain: boolean; cosine: number })[];
  /** Test occurrences that have the concept and that the probe finds: what the shares below are of. */
  nTruePositives: number;
  nMainSilent: number;
  nFull: number;
  /** nFull / nTruePositives; null where there are none. */
  fullRate: number | null;
  meanFraction: number | null;
  /** Latents that absorb, by how often. */
  absorbers: { index: number; cosine: number; n: number; tokenIds: number[] }[];
  /** All true positives: fully absorbed ones first, then by falling fraction. */
  tokens: JudgedToken[];
}

/** Whether a concept's own latents stay silent on some of its tokens because others have taken the concept over (Chanin et al. 2024;
 *  decided as in SAEBench, see `tokenAbsorptions`). Where those use a spelling prompt, this reads the tokens in running text, at the
 *  dictionary's own hook: it asks nothing of the model that a small one cannot do.
 *  Throws InsufficientDataError where the text holds too few of the tokens, InvalidRequestError for a concept without tokens. */
export async function measureAbsorption(options: MeasureAbsorptionOptions): Promise<AbsorptionResult> {
  const { model, sae, concept, source, contextIndices, seed, maxTokens } = options;
  if (sae.config.transcoder)
    throw new InvalidRequestError(
      'A transcoder writes at another place than it reads: its directions have no cosine with a probe',
    );
  const tokens = conceptTokens(concept, model.tokenizer, specialTokenIds(model));
  const occurrences = sampleConcept(tokens, { source, contextIndices, seed, maxTokens });
  const parts = [occurrences.filter(({ isTest }) => !isTest), occurrences.filter(({ isTest }) => isTest)];
  const [nTrain, nTest] = parts.map(countSides);
  for (const n of [nTrain, nTest])
    if (n.positive < MIN_POSITIVES || n.negative < MIN_POSITIVES)
      throw new InsufficientDataError(
        `The text holds ${nTrain.positive} + ${nTest.positive} occurrences of the concept's tokens to learn from and to judge by, and ${nTrain.negative} + ${nTest.negative} of others; each must be at least ${MIN_POSITIVES}. Choose more frequent tokens, or a run over more text.`,
      );
  const [train, test] = await readOccurrences(options, parts);
  const { probe, direction } = fitProbe(train, sae.config.dModel);
  const confusion = confusionOf(probe(test.rows), test.labels);
  const main = mainLatents(train, test, sae.config.nLatents);
  const cosines = cosinesWith(direction, sae);
  const isFound = probe(test.rows).map((score, r) => (score > 0 && test.labels[r] === 1 ? 1 : 0));
  const judged = judge(test, { direction, cosines, main, isFound });
  return {
    nPositiveTokens: tokens.positive.length,
    nNegativeTokens: tokens.negative.length,
    unknown: tokens.unknown,
    ...{ nTrain, nTest },
    probe: { f1: f1Of(confusion), confusion },
    main: main.curve.map((point) => ({
      ...point,
      isMain: main.latents.includes(point.latent),
      cosine: cosines[point.latent],
    })),
    ...absorptionShares(judged, cosines),
  };
}

function absorptionShares(judged: JudgedToken[], cosines: Float64Array) {
  const full = judged.filter(({ isFull }) => isFull);
  const byLatent = new Map<number, number[]>();
  for (const { strongest, tokenId } of full) byLatent.set(strongest, [...(byLatent.get(strongest) ?? []), tokenId]);
  const share = (sum: number) => (judged.length === 0 ? null : sum / judged.length);
  return {
    nTruePositives: judged.length,
    nMainSilent: judged.filter(({ mainFires }) => !mainFires).length,
    nFull: full.length,
    fullRate: share(full.length),
    meanFraction: share(judged.reduce((sum, { fraction }) => sum + fraction, 0)),
    absorbers: [...byLatent]
      .map(([index, ids]) => ({ index, cosine: cosines[index], n: ids.length, tokenIds: [...new Set(ids)] }))
      .sort((a, b) => b.n - a.n || a.index - b.index),
    tokens: [...judged].sort((a, b) => Number(b.isFull) - Number(a.isFull) || b.fraction - a.fraction),
  };
}

interface ReadRows {
  occurrences: ConceptOccurrence[];
  /** [n, dModel] */
  rows: Float32Array;
  /** Values a = f·‖d‖. */
  acts: SparseActs;
  labels: Uint8Array;
}

/** The activations at every occurrence, from one forward pass over each context that has any. */
async function readOccurrences(options: MeasureAbsorptionOptions, parts: ConceptOccurrence[][]): Promise<ReadRows[]> {
  const { sae, source, onProgress } = options;
  const { dModel } = sae.config;
  const all = parts.flat();
  const rows = new Float32Array(all.length * dModel);
  const places = new Map<number, number[]>();
  for (const [at, { contextIndex }] of all.entries())
    places.set(contextIndex, [...(places.get(contextIndex) ?? []), at]);
  const total = [...places.keys()].reduce((sum, index) => sum + source.context(index).tokenIds.length, 0);
  let nTokens = 0;
  for await (const pass of modelRows(options, longestFirst(source, Int32Array.from(places.keys())))) {
    pass.contextIndices.forEach((contextIndex, text) => {
      for (const at of places.get(contextIndex) ?? []) {
        const begin = (text * pass.seqLen + all[at].position) * dModel;
        rows.set(pass.rows.subarray(begin, begin + dModel), at * dModel);
      }
      nTokens += pass.lengths[text];
    });
    await onProgress?.({ nTokens, total });
  }
  let from = 0;
  return parts.map((occurrences) => {
    const own = rows.subarray(from * dModel, (from + occurrences.length) * dModel);
    from += occurrences.length;
    const acts = inUnits(joinRows([sae.encodeSparse(own, occurrences.length)]), sae.decoderNorms);
    const labels = Uint8Array.from(occurrences, ({ isPositive }) => (isPositive ? 1 : 0));
    return { occurrences, rows: own, acts, labels };
  });
}

const inUnits = (acts: SparseActs, norms: Float32Array): SparseActs => ({
  ...acts,
  values: acts.values.map((value, e) => value * norms[acts.indices[e]]),
});

/** A probe on activations less their mean, divided by one scale: its direction is that of the raw activations. */
function fitProbe({ rows, labels }: ReadRows, width: number) {
  const mean = new Float64Array(width);
  for (let at = 0; at < rows.length; at++) mean[at % width] += rows[at] / labels.length;
  let square = 0;
  for (let at = 0; at < rows.length; at++) square += (rows[at] - mean[at % width]) ** 2;
  const scale = Math.sqrt(square / rows.length) || 1;
  const centred = (of: Float32Array) => Float32Array.from(of, (value, at) => (value - mean[at % width]) / scale);
  const fitted = fitLogistic({ rows: centred(rows), width, labels });
  const length = Math.hypot(...fitted.weights) || 1;
  return {
    probe: (of: Float32Array) => probeScores(fitted, centred(of)),
    direction: fitted.weights.map((weight) => weight / length),
  };
}

function cosinesWith(direction: Float64Array, { weights, decoderNorms }: SparseAutoencoder): Float64Array {
  const width = direction.length;
  return Float64Array.from(decoderNorms, (norm, latent) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += weights.wDec[latent * width + j] * direction[j];
    return norm > 0 ? sum / norm : 0;
  });
}

function judge(
  test: ReadRows,
  found: { direction: Float64Array; cosines: Float64Array; main: MainLatents; isFound: Float64Array },
): JudgedToken[] {
  const projections = probeScores({ weights: found.direction, bias: 0 }, test.rows);
  const { cosines, main } = found;
  const all = tokenAbsorptions({ acts: test.acts, projections, cosines, mainLatents: main.latents });
  return all.flatMap((absorption, r) => {
    const { contextIndex, position, tokenId } = test.occurrences[r];
    return found.isFound[r] === 1 ? [{ contextIndex, position, tokenId, ...absorption }] : [];
  });
}

function countSides(occurrences: ConceptOccurrence[]): { positive: number; negative: number } {
  const positive = occurrences.filter(({ isPositive }) => isPositive).length;
  return { positive, negative: occurrences.length - positive };
}
