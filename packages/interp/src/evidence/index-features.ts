import type { LanguageModel } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';
import { longestFirstInWindows, modelRows } from '../activations/model-rows.ts';
import { type UsableRows, usableRows } from '../activations/usable-rows.ts';
import type { DocumentContextSource } from '../types.ts';
import { FeatureIndexer } from './feature-indexer.ts';

export interface IndexFeaturesOptions {
  model: Pick<LanguageModel, 'run' | 'config'>;
  sae: SparseAutoencoder;
  hookName: string;
  source: DocumentContextSource;
  /** The contexts to run through the model, each once. */
  contextIndices: Int32Array;
  /** Rows of other contexts that are at hand: they are read first, and the model is not run for them. */
  stored?: AsyncIterable<UsableRows>;
  /** Rows above this norm are left out, as they were in training (`StreamCursor.outlierNorm`). */
  outlierNorm: number;
  seed: number;
  tokensPerForward?: number;
  signal?: AbortSignal;
  onProgress?(done: { nContexts: number; nTokens: number }): void;
}

/** Pre-activations of one slice: 32 MiB. */
const SLICE_VALUES = 8 * 1024 * 1024;

/** Reads the contexts through model and dictionary and collects the evidence of every latent. */
export async function indexFeatures(options: IndexFeaturesOptions): Promise<FeatureIndexer> {
  const { sae } = options;
  const indexer = new FeatureIndexer({ decoderNorms: sae.decoderNorms, seed: options.seed });
  let nContexts = 0;
  for await (const usable of allRows(options)) {
    for (const slice of sliceByContexts(usable, Math.floor(SLICE_VALUES / sae.decoderNorms.length))) {
      const encoded = encodeSlice(options, usable, slice);
      try {
        indexer.add(encoded);
      } finally {
        encoded.preActs.dispose();
      }
    }
    nContexts += usable.contexts.length;
    options.onProgress?.({ nContexts, nTokens: indexer.nTokens });
  }
  return indexer;
}

async function* allRows(options: IndexFeaturesOptions): AsyncGenerator<UsableRows> {
  if (options.stored) yield* options.stored;
  const special = specialTokenIds(options.model);
  for await (const pass of modelRows(options, longestFirstInWindows(options.source, options.contextIndices)))
    yield usableRows(pass, special, options.outlierNorm);
}

type ContextRows = UsableRows['contexts'][number];

/** Runs of whole contexts with at most maxRows rows together; a longer context makes a run of its own. */
export function* sliceByContexts(usable: Pick<UsableRows, 'contexts'>, maxRows: number): Generator<ContextRows[]> {
  let slice: ContextRows[] = [];
  for (const context of usable.contexts) {
    if (slice.length > 0 && context.rowEnd - slice[0].rowStart > maxRows) {
      yield slice;
      slice = [];
    }
    slice.push(context);
  }
  if (slice.length > 0) yield slice;
}

function encodeSlice({ sae, source }: IndexFeaturesOptions, usable: UsableRows, slice: ContextRows[]) {
  const first = slice[0].rowStart;
  const end = slice[slice.length - 1].rowEnd;
  const rows = usable.rows.subarray(first * usable.width, end * usable.width);
  return {
    contexts: slice.map(({ contextIndex, rowStart, rowEnd }) => ({
      contextIndex,
      documentIndex: source.context(contextIndex).documentIndex,
      rowStart: rowStart - first,
      rowEnd: rowEnd - first,
    })),
    positions: usable.positions.subarray(first, end),
    ...sae.encodeWithPreActs(rows, end - first),
  };
}
