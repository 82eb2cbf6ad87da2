import { generatorWords } from '@featurescope/contracts';
import type { DictionaryRun } from '@featurescope/db';

/** Of which activations a dictionary is: those of a hook of a model, or the samples of a synthetic world. */
export interface DictionaryPlace {
  /** Equal where directions have the same coordinates. */
  place: string;
  /** What the samples of a synthetic world are; null for activations of a model. */
  world: string | null;
}

/** A model whose weights have changed since, or that is gone, is another one. */
export function placeOf(run: DictionaryRun): DictionaryPlace {
  if (run.generator === null) {
    const { modelId, weightsHash, hookName } = run;
    return { place: ['model', modelId ?? run.id, weightsHash ?? '', hookName].join(' '), world: null };
  }
  // How many samples are drawn changes nothing about the directions behind them.
  const { nSamples: _, nEvaluationSamples: __, ...world } = run.generator;
  const { kind = 'sums' } = run.generator;
  const words = `${generatorWords(run.generator)}, data seed ${run.generator.seed}`;
  return { place: `synthetic ${JSON.stringify(Object.entries({ ...world, kind }).sort())}`, world: words };
}
