import type { StoredActivations } from '@featurescope/contracts';
import type { RunForWork } from '@featurescope/db';
import type { TokenCorpus } from '@featurescope/store';
import { indexSample, type StoredSample, storedIndexSample } from './index-sample.ts';

/** What a run's index reads. A run that read the model as it went has no shards. width: of the activations. */
export function runIndexContexts(
  run: Pick<RunForWork, 'activations' | 'activationUse'>,
  corpus: TokenCorpus,
  width: number,
): StoredSample {
  const use = run.activationUse as StoredActivations | null;
  if (run.activations === 'store' && use !== null)
    return storedIndexSample(corpus, { width, nUsedShards: use.nShards });
  const contextIndices = indexSample(corpus);
  return { nShards: 0, others: contextIndices, contextIndices };
}
