import type { Generator } from '@featurescope/contracts';
import type { SyntheticRunForWork } from '@featurescope/db';
import { SyntheticData } from '@featurescope/sae';

/** The generator that a run on synthetic data was created with. */
export const generatorOf = (run: SyntheticRunForWork): Generator => run.synthetic as Generator;

/** The samples that a run is trained and measured on: the same wherever and whenever they are asked for. */
export function openSyntheticData(run: SyntheticRunForWork): SyntheticData {
  const { nEvaluationSamples: _, ...spec } = generatorOf(run);
  return SyntheticData.create(spec);
}
