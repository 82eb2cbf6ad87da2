import { padTexts } from '@featurescope/lm';
import { rowNorm, specialTokenIds } from '../activations/excluded-rows.ts';
import type { ModelRowsOptions } from '../activations/model-rows.ts';
import { InsufficientDataError } from '../errors.ts';

/** What stands for a text: the mean over its positions, or its last one. */
export type Pooling = 'mean' | 'last';

export interface PooledOptions extends Pick<ModelRowsOptions, 'model' | 'hookName' | 'signal'> {
  pooling: Pooling;
  /** Positions above this norm are left out of a mean. */
  outlierNorm: number;
  onText?(nDone: number): void | Promise<void>;
}

/** Positions of a text that its pooled activation is made of: no special token, and for a mean none of outlying norm. */
export function pooledPositions(
  rows: Float32Array,
  tokenIds: ArrayLike<number>,
  { pooling, special, outlierNorm }: { pooling: Pooling; special: ReadonlySet<number>; outlierNorm: number },
): number[] {
  const width = rows.length / tokenIds.length;
  const usable = Array.from(tokenIds).flatMap((tokenId, position) => (special.has(tokenId) ? [] : [position]));
  if (pooling === 'last') return usable.slice(-1);
  return usable.filter((position) => rowNorm(rows, position, width) <= outlierNorm);
}

/** One activation a text, [texts, width]. texts: token ids that begin with the beginning-of-text token, if the model has one.
 *  Throws InsufficientDataError for a text without a usable token, naming its place. */
export async function pooledActivations(
  options: PooledOptions,
  texts: readonly ArrayLike<number>[],
): Promise<Float32Array> {
  const { model, hookName, signal, pooling, outlierNorm } = options;
  const special = specialTokenIds(model);
  let pooled = new Float32Array(0);
  for (const [t, tokenIds] of texts.entries()) {
    signal?.throwIfAborted();
    const { hooks } = await model.run(padTexts([tokenIds]), { hooks: [hookName], signal });
    const rows = hooks[hookName];
    const width = rows.length / tokenIds.length;
    if (t === 0) pooled = new Float32Array(texts.length * width);
    const positions = pooledPositions(rows, tokenIds, { pooling, special, outlierNorm });
    if (positions.length === 0)
      throw new InsufficientDataError(`Text ${t + 1} has no token whose activation can be used`);
    for (const position of positions)
      for (let j = 0; j < width; j++) pooled[t * width + j] += rows[position * width + j] / positions.length;
    await options.onText?.(t + 1);
  }
  return pooled;
}
