import { type ComparableRun, generatorShape } from '@featurescope/contracts';
import type { DictionaryRun } from '@featurescope/db';
import { hookNames, type ModelConfig } from '@featurescope/lm/config';
import { placeOf } from './dictionary-place.ts';

/** Whether the directions of two runs can be compared, and if not, why. Without `other`: whether a run has anything to compare. */
export function comparability(
  run: DictionaryRun,
  other: DictionaryRun | null,
): Pick<ComparableRun, 'relation' | 'reason'> {
  const nothing = nothingToCompare(run);
  if (nothing !== null) return { relation: 'none', reason: nothing };
  if (other === null) return { relation: 'samePlace', reason: null };
  const [width, otherWidth] = [rowWidth(run), rowWidth(other)];
  if (width === null || width !== otherWidth)
    return {
      relation: 'none',
      reason: `Its directions have ${width ?? 'an unknown number of'} values, those of ${other.name} ${otherWidth ?? 'an unknown number'}: there is no cosine between them.`,
    };
  return { relation: placeOf(run).place === placeOf(other).place ? 'samePlace' : 'sameWidth', reason: null };
}

/** Values of a direction; null where nothing says so. */
function rowWidth({ dModel, generator, modelConfig, hookName }: DictionaryRun): number | null {
  if (dModel !== null) return dModel;
  if (generator !== null) return generatorShape(generator).dModel;
  if (modelConfig === null) return null;
  return hookNames(modelConfig as ModelConfig).find((hook) => hook.name === hookName)?.width ?? null;
}

function nothingToCompare({ hasDictionary, checkpoints }: DictionaryRun): string | null {
  if (hasDictionary || checkpoints.length > 0) return null;
  return 'It has no dictionary and no checkpoint yet. Wait until its training has written one.';
}
