import type { DictionaryChoice } from '@featurescope/contracts';
import { decodeTrainerState, fromSaelensDirectory, SaeFormatError } from '@featurescope/sae';
import { CheckpointDirectory, readDictionary, type Store } from '@featurescope/store';

/** The directions of a dictionary. */
export interface DecoderRows {
  /** [nLatents, width] */
  rows: Float32Array;
  nLatents: number;
  width: number;
}

/** Reads the decoder of a run's finished dictionary, or of one of its checkpoints. Throws SaeFormatError where there is none, or its
 *  files are damaged. */
export async function readDecoderRows(store: Store, { runId, step }: DictionaryChoice): Promise<DecoderRows> {
  if (step !== undefined) return checkpointRows(store, runId, step);
  const files = await readDictionary(store.dictionaryDirectory(runId));
  if (files === null) throw new SaeFormatError(`Run ${runId} has no dictionary: train or import it again`);
  const { config, weights } = fromSaelensDirectory(files['cfg.json'], files['sae_weights.safetensors']);
  return { rows: weights.wDec, nLatents: config.nLatents, width: weights.wDec.length / config.nLatents };
}

async function checkpointRows(store: Store, runId: string, step: number): Promise<DecoderRows> {
  const bytes = await new CheckpointDirectory(store.checkpointsDirectory(runId)).read(step);
  if (bytes === null)
    throw new SaeFormatError(
      `The checkpoint at step ${step} of run ${runId} is gone: a run keeps its last two. Compare the finished dictionary, or a newer checkpoint.`,
    );
  const { config, parameters } = decodeTrainerState(bytes);
  // Scaled input leaves directions as they are.
  return { rows: parameters.decoder.value, nLatents: config.nLatents, width: config.dModel };
}
