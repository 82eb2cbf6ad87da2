import { hookNames, type LanguageModel, padTexts } from '@featurescope/lm';
import type { ContextSource } from '../types.ts';

/** One forward pass over a few contexts, stopped after the hook. */
export interface ModelRows {
  /** Of each text of the batch. */
  contextIndices: number[];
  contexts: Int32Array[];
  batch: number;
  seqLen: number;
  /** [batch]: tokens of each context; positions beyond are padding. */
  lengths: Int32Array;
  width: number;
  /** [batch, seqLen, width] float32. */
  rows: Float32Array;
}

export interface ModelRowsOptions {
  model: Pick<LanguageModel, 'run' | 'config'>;
  hookName: string;
  source: ContextSource;
  /** Most tokens of a forward pass, padding included. At least one context is always taken. */
  tokensPerForward?: number;
  signal?: AbortSignal;
}

/** 8 × 256: ONNX Runtime gains nothing from larger batches on few cores, and the logits of a spliced pass must fit too. */
const DEFAULT_TOKENS_PER_FORWARD = 2048;

/** Width of a hook of this model. Throws UnsupportedHookError (from lm, on the first run) only later: here unknown names give null. */
export function hookWidth(model: Pick<LanguageModel, 'config'>, hookName: string): number | null {
  return hookNames(model.config).find((point) => point.name === hookName)?.width ?? null;
}

/** Runs contexts through the model up to the hook, in the order given, a few at a time. The batches depend on the arguments
 *  alone, so that rows are bit-identical when the same list is run again. */
export async function* modelRows(options: ModelRowsOptions, indices: Iterable<number>): AsyncGenerator<ModelRows> {
  for (const batch of batchContexts(options, indices)) {
    options.signal?.throwIfAborted();
    const input = padTexts(batch.contexts);
    const result = await options.model.run(input, {
      hooks: [options.hookName],
      stopAfterHooks: true,
      logits: 'none',
    });
    const rows = result.hooks[options.hookName];
    const width = rows.length / (input.batch * input.seqLen);
    yield { ...batch, batch: input.batch, seqLen: input.seqLen, lengths: input.lengths, width, rows };
  }
}

/** Groups consecutive contexts so that batch × longest stays within tokensPerForward. */
function* batchContexts(
  options: Pick<ModelRowsOptions, 'source' | 'tokensPerForward'>,
  indices: Iterable<number>,
): Generator<{ contextIndices: number[]; contexts: Int32Array[] }> {
  const limit = options.tokensPerForward ?? DEFAULT_TOKENS_PER_FORWARD;
  let contextIndices: number[] = [];
  let contexts: Int32Array[] = [];
  let longest = 0;
  for (const index of indices) {
    const { tokenIds } = options.source.context(index);
    if (tokenIds.length === 0) continue;
    const longer = Math.max(longest, tokenIds.length);
    if (contexts.length > 0 && longer * (contexts.length + 1) > limit) {
      yield { contextIndices, contexts };
      contextIndices = [];
      contexts = [];
      longest = 0;
    }
    contextIndices.push(index);
    contexts.push(tokenIds);
    longest = Math.max(longest, tokenIds.length);
  }
  if (contexts.length > 0) yield { contextIndices, contexts };
}

/** Contexts by falling length, then by place in the list: a total order, so that the same list is always run in the same
 *  batches, and next to no padding in them. */
export function longestFirst(source: ContextSource, contexts: Int32Array): Int32Array {
  const lengths = Int32Array.from(contexts, (index) => source.context(index).tokenIds.length);
  const places = Array.from(contexts.keys()).sort((a, b) => lengths[b] - lengths[a] || a - b);
  return Int32Array.from(places, (place) => contexts[place]);
}

/** The same within windows of the list, for a list too long to reorder as a whole. */
export function* longestFirstInWindows(source: ContextSource, contexts: Int32Array, window = 512): Generator<number> {
  for (let start = 0; start < contexts.length; start += window) {
    yield* longestFirst(source, contexts.subarray(start, start + window));
  }
}
