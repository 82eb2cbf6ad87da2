import { type ActivationSetKey, activationSetIdOf, type NewActivationSet } from '@featurescope/db';
import { shardFormatVersion } from '@featurescope/store';

export interface SetSubject {
  model: { name: string; weightsHash: string; tokenizerHash: string };
  dataset: { id: string; name: string; contentHash: string | null };
  hookName: string;
  contextSize: number;
}

/** The stored set that a run reads: the same for every run over the same weights, text, hook and context size. */
export function activationSetOf({
  model,
  dataset,
  hookName,
  contextSize,
}: SetSubject): Omit<NewActivationSet, 'width' | 'nShards'> {
  const key: Omit<ActivationSetKey, 'formatVersion'> = {
    weightsHash: model.weightsHash,
    tokenizerHash: model.tokenizerHash,
    datasetHash: dataset.contentHash ?? dataset.id,
    hookName,
    contextSize,
  };
  const id = activationSetIdOf({ ...key, formatVersion: shardFormatVersion });
  return { id, ...key, modelName: model.name, datasetName: dataset.name };
}
