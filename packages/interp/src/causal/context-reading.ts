import { singleText, type TokenBatch } from '@featurescope/lm';
import { pickLatents, type SparseActs } from '@featurescope/sae';
import { classifyRows, ROW_USABLE, specialTokenIds } from '../activations/excluded-rows.ts';
import type { SteeringSubject } from '../steering/steering-lanes.ts';
import type { ContextSource } from '../types.ts';

/** A dictionary beside its model, and the text it is checked on. */
export interface CausalSubject extends SteeringSubject {
  source: ContextSource;
  /** Rows above this norm are never changed and do not count, as in training. */
  outlierNorm: number;
}

/** One context, read once: its rows at the hook, what fires on them, and how well the model predicts each next token.
 *  Contexts are run one at a time: with the same shapes the same rows give the same bits, so that what is not changed has an effect
 *  of exactly 0, and a pass is spent only where a feature fires. */
export interface ContextReading {
  contextIndex: number;
  batch: TokenBatch;
  width: number;
  /** [length, width], as the model made them. */
  rows: Float32Array;
  /** Positions of usable rows: no special tokens, no outlying norms. */
  places: Int32Array;
  /** Of the usable rows, in that order. */
  acts: SparseActs;
  /** [places.length], how far a unit of activation moves each; null where that is 1. */
  scales: Float32Array | null;
  /** [length], nats; NaN at the last position. */
  crossEntropy: Float32Array;
}

/** Two passes: up to the hook, and from there to the end. Throws what the model throws. */
export async function readContext(subject: CausalSubject, contextIndex: number): Promise<ContextReading> {
  const { model, sae, hookName, source, outlierNorm, signal } = subject;
  const { tokenIds } = source.context(contextIndex);
  const batch = singleText(tokenIds);
  const { hooks } = await model.run(batch, { hooks: [hookName], stopAfterHooks: true, logits: 'none', signal });
  const rows = hooks[hookName];
  const width = rows.length / batch.seqLen;
  const lengths = Int32Array.of(batch.seqLen);
  const pass = {
    contextIndices: [contextIndex],
    contexts: [tokenIds],
    batch: 1,
    seqLen: batch.seqLen,
    lengths,
    width,
    rows,
  };
  const kinds = classifyRows(pass, specialTokenIds(model), outlierNorm);
  const places = Int32Array.from(kinds.keys()).filter((position) => kinds[position] === ROW_USABLE);
  const usable = takeRows(rows, places, width);
  return {
    ...{ contextIndex, batch, width, rows, places },
    acts: sae.encodeSparse(usable, places.length),
    scales: sae.rowScales(usable, places.length),
    crossEntropy: await crossEntropyFrom(subject, batch, rows),
  };
}

/** a = f·‖d‖ of one latent at each usable position, rounded to float32 as the index rounds it: [places.length]. */
export function activationsOf({ sae }: CausalSubject, { acts }: ContextReading, latent: number): Float32Array {
  const norm = sae.decoderNorms[latent];
  return pickLatents(acts, [latent]).map((value) => value * norm);
}

/** −ln p of each next token with these rows at the hook. */
export function crossEntropyFrom(
  { model, hookName, signal }: CausalSubject,
  batch: TokenBatch,
  residual: Float32Array,
): Promise<Float32Array> {
  return model.perTokenCrossEntropy(batch, { from: { hookName, residual }, signal });
}

/** Rows of [*, width] by place, together. */
export function takeRows(rows: Float32Array, places: Int32Array, width: number): Float32Array {
  const taken = new Float32Array(places.length * width);
  places.forEach((place, j) => {
    taken.set(rows.subarray(place * width, (place + 1) * width), j * width);
  });
  return taken;
}
