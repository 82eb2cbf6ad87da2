import {
  CoFiring,
  type InferenceConfig,
  measureRecovery,
  ReconstructionMetrics,
  randomDirectionDictionary,
  type SaeWeights,
  SparseAutoencoder,
  type SyntheticData,
  truthCosines,
} from '@featurescope/sae';

const GAIN_ROWS = 8192;

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

interface Dictionary {
  config: InferenceConfig;
  weights: SaeWeights;
}

/** Fresh: of a stream that nothing is trained on. */
export function scoresOf(data: SyntheticData, { config, weights }: Dictionary, nSamples: number): Scores {
  const { nTruths, dModel } = data;
  const { rows, acts: truthActs } = data.samples('test', 0, nSamples);
  const { acts, fvu } = reconstructed({ config, weights }, { rows });
  const firing = new CoFiring(nTruths, config.nLatents);
  firing.add(truthActs, acts);
  const { summary } = measureRecovery(truthCosines(data.truths, weights.wDec, dModel), firing);
  const { l0, trueL0, recovery, bestMatch, mcc, f1 } = summary;
  return { l0, trueL0, fvu, recovery, bestMatch, mcc, f1 };
}

/** FVU on samples [n, dModel]. */
export function fvuOf(dictionary: Dictionary, samples: { rows: Float32Array }): number {
  return reconstructed(dictionary, samples).fvu;
}

function reconstructed({ config, weights }: Dictionary, { rows }: { rows: Float32Array }) {
  const dictionary = new SparseAutoencoder(config, weights);
  const acts = dictionary.encodeSparse(rows, rows.length / config.dModel);
  const metrics = new ReconstructionMetrics(config);
  metrics.add(rows, dictionary.decode(acts, rows), acts);
  dictionary.dispose();
  return { acts, fvu: metrics.result().fvu };
}

/** Random unit directions of which the k that answer most are active, with the gain that reconstructs best: what any dictionary scores by chance. */
export function randomScores(
  data: SyntheticData,
  { nLatents, k, seed, nTestSamples }: { nLatents: number; k: number; seed: number; nTestSamples: number },
): Scores {
  const rows = data.samples('calibration', 0, GAIN_ROWS).rows;
  const centre = new Float32Array(data.dModel);
  const { fitted } = randomDirectionDictionary({ nDirections: nLatents, seed, k, centre, rows });
  return scoresOf(data, fitted, nTestSamples);
}
