import {
  ClassActivity,
  type ClassProfile,
  CoFiring,
  measureRecovery,
  ReconstructionMetrics,
  type ReconstructionResult,
  type Recovery,
  type SparseActs,
  type SparseAutoencoder,
  type SyntheticData,
  type SyntheticSamples,
  truthCosines,
} from '@featurescope/sae';

export interface DictionaryMeasurement extends Recovery {
  reconstruction: ReconstructionResult;
  firing: CoFiring;
  /** [nTruths, nLatents] */
  cosines: Float32Array;
  /** What latents do on each class; null where samples have none. */
  classes: ClassProfile | null;
}

/** Accumulates what a dictionary makes of samples whose truths are known. */
export class DictionaryMeter {
  private readonly firing: CoFiring;
  private readonly classes: ClassActivity | null;
  private readonly metrics: ReconstructionMetrics;
  private readonly data: SyntheticData;
  private readonly sae: SparseAutoencoder;

  constructor(data: SyntheticData, sae: SparseAutoencoder) {
    const { nLatents, dModel } = sae.config;
    this.data = data;
    this.sae = sae;
    this.firing = new CoFiring(data.nTruths, nLatents);
    this.classes = data.nClasses > 0 ? new ClassActivity(nLatents, data.nClasses) : null;
    this.metrics = new ReconstructionMetrics({ dModel, nLatents });
  }

  /** Returns the dictionary's activations. */
  add({ rows, acts: truths, classes }: SyntheticSamples): SparseActs {
    const acts = this.sae.encodeSparse(rows, truths.nRows);
    this.metrics.add(rows, this.sae.decode(acts, rows), acts);
    this.firing.add(truths, acts);
    if (classes) this.addClasses(classes, acts);
    return acts;
  }

  /** By activations a = f·‖d‖, as everywhere. */
  private addClasses(classes: Int32Array, { rowOffsets, indices, values }: SparseActs): void {
    const norms = this.sae.decoderNorms;
    classes.forEach((label, r) => {
      this.classes?.addPoint(label);
      for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++)
        this.classes?.addActivation(indices[e], label, values[e] * norms[indices[e]]);
    });
  }

  result(): DictionaryMeasurement {
    const cosines = truthCosines(this.data.truths, this.sae.weights.wDec, this.sae.config.dModel);
    const reconstruction = this.metrics.result();
    return {
      ...measureRecovery(cosines, this.firing),
      reconstruction,
      firing: this.firing,
      cosines,
      classes: this.classes?.profile() ?? null,
    };
  }
}
