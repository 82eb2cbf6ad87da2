import { ReconstructionMetrics, type ReconstructionResult } from '../reconstruction-metrics.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';
import type { SaeTrainer } from '../trainer.ts';

/** What a trainer's dictionary makes of rows. */
export interface DictionaryReadout {
  /** [nRows, nLatents] */
  acts: Float32Array;
  /** [nRows, dModel] */
  reconstruction: Float32Array;
  metrics: ReconstructionResult;
  /** [nLatents]: share of rows on which each latent fires. */
  firingShare: Float32Array;
}

/** Reads raw rows [nRows, dModel] with the dictionary as it stands. The activations are dense: for small dictionaries alone. */
export function readOut(trainer: SaeTrainer, rows: Float32Array): DictionaryReadout {
  const { dModel, nLatents } = trainer.config;
  const nRows = rows.length / dModel;
  const sae = new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
  const sparse = sae.encodeSparse(rows, nRows);
  const reconstruction = sae.decode(sparse, rows);
  sae.dispose();
  const metrics = new ReconstructionMetrics({ dModel, nLatents });
  metrics.add(rows, reconstruction, sparse);
  const acts = new Float32Array(nRows * nLatents);
  for (let r = 0; r < nRows; r++) {
    for (let e = sparse.rowOffsets[r]; e < sparse.rowOffsets[r + 1]; e++)
      acts[r * nLatents + sparse.indices[e]] = sparse.values[e];
  }
  return {
    acts,
    reconstruction,
    metrics: metrics.result(),
    firingShare: Float32Array.from(metrics.firingCounts, (count) => count / nRows),
  };
}
