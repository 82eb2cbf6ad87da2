import type { RunForWork } from '@featurescope/db';

/** The model's files are not those that the run was trained on. */
export class ModelChangedError extends Error {
  override name = 'ModelChangedError';
}

/** A dictionary means nothing on other weights: throws ModelChangedError when the model was replaced since the run began. */
export function requireSameModel({ resolvedConfig, model }: Pick<RunForWork, 'resolvedConfig' | 'model'>): void {
  const { weightsHash } = resolvedConfig as { weightsHash?: string };
  if (weightsHash === undefined || weightsHash === model.weightsHash) return;
  throw new ModelChangedError(
    `The weights of ${model.name} were replaced since this run began (${weightsHash.slice(0, 12)}…, now ${model.weightsHash.slice(0, 12)}…). Put the old ones back, or train a new run.`,
  );
}
