import {
  CoFiring,
  type InferenceConfig,
  measureRecovery,
  ReconstructionMetrics,
  type SaeWeights,
  SparseAutoencoder,
  type SyntheticData,
  truthCosines,
} from '@featurescope/sae';

/** What a dictionary is worth on fresh samples of a world with known features; definitions as in `RecoverySummary`. */
export interface Scores {
  l0: number;
  trueL0: number;
  fvu: number;
  recovery: number;
  bestMatch: number;
  mcc: number;
  f1: number;
}

/** Fresh: of a stream that nothing is trained on. */
export function scoresOf(
  data: SyntheticData,
  { config, weights }: { config: InferenceConfig; weights: SaeWeights },
  nSamples: number,
): Scores {
  const { nTruths, dModel } = data.spec;
  const { rows, acts: truthActs } = data.samples('test', 0, nSamples);
  const dictionary = new SparseAutoencoder(config, weights);
  const acts = dictionary.encodeSparse(rows, nSamples);
  const metrics = new ReconstructionMetrics({ dModel, nLatents: config.nLatents });
  metrics.add(rows, dictionary.decode(acts, rows), acts);
  const firing = new CoFiring(nTruths, config.nLatents);
  firing.add(truthActs, acts);
  const { summary } = measureRecovery(truthCosines(data.truths, weights.wDec, dModel), firing);
  dictionary.dispose();
  const { l0, trueL0, recovery, bestMatch, mcc, f1 } = summary;
  return { l0, trueL0, fvu: metrics.result().fvu, recovery, bestMatch, mcc, f1 };
}
