import {
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
}

/** Accumulates what a dictionary makes of samples whose truths are known. */
export class DictionaryMeter {
  private readonly firing: CoFiring;
  private readonly metrics: ReconstructionMetrics;
  private readonly data: SyntheticData;
  private readonly sae: SparseAutoencoder;

  constructor(data: SyntheticData, sae: SparseAutoencoder) {
    const { nLatents, dModel } = sae.config;
    this.data = data;
    this.sae = sae;
    this.firing = new CoFiring(data.spec.nTruths, nLatents);
    this.metrics = new ReconstructionMetrics({ dModel, nLatents });
  }

  /** Returns the dictionary's activations. */
  add({ rows, acts: truths }: SyntheticSamples): SparseActs {
    const acts = this.sae.encodeSparse(rows, truths.nRows);
    this.metrics.add(rows, this.sae.decode(acts, rows), acts);
    this.firing.add(truths, acts);
    return acts;
  }

  result(): DictionaryMeasurement {
    const cosines = truthCosines(this.data.truths, this.sae.weights.wDec, this.sae.config.dModel);
    const reconstruction = this.metrics.result();
    return { ...measureRecovery(cosines, this.firing), reconstruction, firing: this.firing, cosines };
  }
}
