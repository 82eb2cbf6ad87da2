import type { RunForWork } from '@featurescope/db';
import {
  fromSaelensDirectory,
  type InferenceConfig,
  SaeFormatError,
  type SaeWeights,
  SparseAutoencoder,
  toSaelensDirectory,
} from '@featurescope/sae';
import { readDictionary, type Store, writeDictionary } from '@featurescope/store';

/** Writes a run's dictionary as a SAELens directory. */
export async function writeRunDictionary(
  store: Store,
  run: RunForWork,
  { config, weights }: { config: InferenceConfig; weights: SaeWeights },
): Promise<void> {
  const files = toSaelensDirectory(config, weights, {
    modelName: run.model.name,
    hookName: run.hookName,
    prependBos: true,
    contextSize: run.contextSize,
    datasetPath: run.dataset.name,
  });
  await writeDictionary(store.dictionaryDirectory(run.id), files);
}

/** A run's dictionary on the tensor backend; null when the run has none yet. Throws SaeFormatError for damaged files. */
export async function readRunDictionary(store: Store, runId: string): Promise<SparseAutoencoder | null> {
  const files = await readDictionary(store.dictionaryDirectory(runId));
  if (files === null) return null;
  const { config, weights } = fromSaelensDirectory(files['cfg.json'], files['sae_weights.safetensors']);
  return new SparseAutoencoder(config, weights);
}

/** The same, where there has to be one. */
export async function requireDictionary(store: Store, runId: string): Promise<SparseAutoencoder> {
  const sae = await readRunDictionary(store, runId);
  if (sae === null) throw new SaeFormatError(`Run ${runId} has no dictionary: train or import it again`);
  return sae;
}
