import type { SyntheticData } from '@featurescope/sae';
import type { TrainingStream } from '../training-loop.ts';

/** Training batches from number `first` on. */
export function syntheticStream(data: SyntheticData, first: number, batchSize: number): TrainingStream {
  let next = first;
  return {
    nextBatch: async () => data.trainingBatch(next++, batchSize),
    cursor: () => ({ batch: next }),
    counts: () => ({ rows: next * batchSize, special: 0, outlierNorm: 0 }),
  };
}
