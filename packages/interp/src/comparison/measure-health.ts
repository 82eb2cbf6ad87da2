import type { LanguageModel } from '@featurescope/lm';
import { joinRows, type SparseActs, type SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';
import { longestFirstInWindows, modelRows } from '../activations/model-rows.ts';
import { type UsableRows, usableRows } from '../activations/usable-rows.ts';
import { InsufficientDataError } from '../errors.ts';
import type { DocumentContextSource } from '../types.ts';
import { type CoActivation, coActivation } from './co-activation.ts';
import { KindFirings, type KindSummary } from './kind-firings.ts';
import { L0Counts, type L0Histogram } from './l0-counts.ts';
import { type NearDuplicates, nearDuplicates } from './near-duplicates.ts';

export interface MeasureHealthOptions {
  model: Pick<LanguageModel, 'run' | 'config'>;
  sae: SparseAutoencoder;
  hookName: string;
  source: DocumentContextSource;
  contextIndices: Int32Array;
  /** Rows above this norm are left out, as they were in training. */
  outlierNorm: number;
  signal?: AbortSignal;
  onProgress?(done: { stage: 'read' | 'pairs' | 'duplicates'; done: number; total: number }): void | Promise<void>;
}

export interface HealthResult {
  nTokens: number;
  l0: L0Histogram;
  kinds: KindSummary[];
  coActivation: CoActivation;
  duplicates: NearDuplicates;
  /** [nLatents], tokens on which each fires. */
  firings: Float64Array;
}

/** Pairs of firings on one token that are counted in all: some ten seconds. Denser dictionaries are counted on fewer tokens. */
const MAX_PAIRS = 2e9;
/** Firings kept for the counting of pairs: 128 MiB of indices. */
const MAX_FIRINGS = 32 * 1024 * 1024;

/** What a dictionary's latents do over a text, apart from how well they reconstruct: how many fire on a token, on which kinds of document,
 *  which fire together, and which directions are nearly the same. One pass over the text. Throws InsufficientDataError for a text without
 *  usable tokens. */
export async function measureHealth(options: MeasureHealthOptions): Promise<HealthResult> {
  const { sae, source, contextIndices } = options;
  const { nLatents } = sae.config;
  const l0 = new L0Counts(nLatents);
  const kinds = new KindFirings(nLatents);
  const kept = new KeptFirings();
  const special = specialTokenIds(options.model);
  let done = 0;
  for await (const pass of modelRows(options, longestFirstInWindows(source, contextIndices))) {
    const usable = usableRows(pass, special, options.outlierNorm);
    const acts = sae.encodeSparse(usable.rows, usable.nRows);
    l0.add(acts);
    addKinds(kinds, { usable, acts, source });
    kept.add(acts);
    done += pass.contextIndices.length;
    await options.onProgress?.({ stage: 'read', done, total: contextIndices.length });
  }
  const histogram = l0.histogram();
  if (histogram.nTokens === 0) throw new InsufficientDataError('The text holds no usable tokens to measure on');
  const onPairs = (latents: number) => options.onProgress?.({ stage: 'pairs', done: latents, total: nLatents });
  const onDuplicates = (rows: number) => options.onProgress?.({ stage: 'duplicates', done: rows, total: nLatents });
  return {
    nTokens: histogram.nTokens,
    l0: histogram,
    kinds: kinds.summaries(),
    coActivation: await coActivation(kept.acts(), { nLatents, onProgress: onPairs }),
    duplicates: await nearDuplicates(sae.weights.wDec, { width: sae.dOut, onProgress: onDuplicates }),
    firings: kinds.totals(),
  };
}

/** Firings for the counting of pairs, until those are too many. */
class KeptFirings {
  private readonly chunks: SparseActs[] = [];
  private nFirings = 0;
  private nPairs = 0;

  add(acts: SparseActs): void {
    if (this.nPairs >= MAX_PAIRS || this.nFirings >= MAX_FIRINGS) return;
    this.chunks.push(acts);
    this.nFirings += acts.indices.length;
    for (let r = 0; r < acts.nRows; r++) this.nPairs += (acts.rowOffsets[r + 1] - acts.rowOffsets[r]) ** 2;
  }

  acts(): SparseActs {
    return joinRows(this.chunks);
  }
}

function addKinds(
  kinds: KindFirings,
  { usable, acts, source }: { usable: UsableRows; acts: SparseActs; source: DocumentContextSource },
): void {
  for (const { contextIndex, rowStart, rowEnd } of usable.contexts) {
    const { kind } = source.document(source.context(contextIndex).documentIndex);
    kinds.add(kind, acts, [rowStart, rowEnd]);
  }
}
