import type { Generator } from '@featurescope/contracts';
import type { SyntheticRunForWork } from '@featurescope/db';
import { type StepProgress, SyntheticData } from '@featurescope/sae';

/** The generator that a run on synthetic data was created with. */
export const generatorOf = (run: SyntheticRunForWork): Generator => run.synthetic as Generator;

/** The samples that a run is trained and measured on: the same wherever and whenever they are asked for. Their world may be seconds in the
 *  making; `between` is awaited after each step of it, and ends it by throwing. */
export function openSyntheticData(
  run: SyntheticRunForWork,
  between: (progress: StepProgress) => Promise<void>,
): Promise<SyntheticData> {
  const { nEvaluationSamples: _, ...spec } = generatorOf(run);
  return SyntheticData.createStepwise(spec, between);
}
