import { type ConceptMethod, conceptDirection, type LabelledRows, pickRows, Rng, welchTest } from '@featurescope/sae';
import { type DerivativeOptions, derivativeStepShare, directionalDerivatives } from './directional-derivatives.ts';

export interface TcavOptions {
  derivatives: DerivativeOptions;
  method: ConceptMethod;
  /** Pooled activations of the concept's examples. */
  examples: LabelledRows;
  /** [nRandom, width], pooled activations of random texts, at least as many as there are examples. */
  randomRows: Float32Array;
  /** Unit vector, [width]: the CAV of all examples. */
  direction: ArrayLike<number>;
  /** The class: token ids of each input, which ends where the output is read. */
  inputs: readonly ArrayLike<number>[];
  nRepeats: number;
  seed: number;
  onInput?(nDone: number): void | Promise<void>;
  /** Awaited between regressions, which block. */
  breathe?(): Promise<void>;
}

export interface TcavFindings {
  score: number;
  meanDerivative: number;
  stepShare: number;
  inputs: { derivative: number; logProbability: number }[];
  conceptScores: number[];
  randomScores: number[];
  conceptMean: number;
  randomMean: number;
  t: number | null;
  pValue: number;
}

/** TCAV: the share of a class's inputs whose output grows along a CAV, for the CAV of all examples, for CAVs on examples drawn with
 *  replacement, and for random CAVs: between two sets of random texts, as many as there are examples. Whether concept and random
 *  scores differ is told by Welch's two-sided t-test. More repeats make a small difference significant: the means are to be read with it.
 *  Source: Kim et al. 2018, §3.3–3.4; there every repeat has new random negatives, here the negatives are the user's and are resampled.
 *  Throws SaeConfigError where no direction can be found. */
export async function tcav(options: TcavOptions): Promise<TcavFindings> {
  const { direction, inputs, nRepeats } = options;
  const width = direction.length;
  const directions = new Float32Array((1 + 2 * nRepeats) * width);
  directions.set(Float32Array.from(direction));
  let filled = width;
  for (const rows of repeatedExamples(options)) {
    directions.set(conceptDirection(rows, options.method).direction, filled);
    filled += width;
    await options.breathe?.();
  }
  const texts: { logProbability: number; derivatives: Float64Array }[] = [];
  for (const tokenIds of inputs) {
    texts.push(await directionalDerivatives(options.derivatives, tokenIds, directions));
    await options.onInput?.(texts.length);
  }
  const scoreOf = (index: number) =>
    texts.filter(({ derivatives }) => derivatives[index] > 0).length / Math.max(1, texts.length);
  const conceptScores = Array.from({ length: nRepeats }, (_, i) => scoreOf(1 + i));
  const randomScores = Array.from({ length: nRepeats }, (_, i) => scoreOf(1 + nRepeats + i));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { t, pValue } = welchTest(conceptScores, randomScores);
  return {
    score: scoreOf(0),
    meanDerivative: mean(texts.map(({ derivatives }) => derivatives[0])),
    stepShare: derivativeStepShare,
    inputs: texts.map(({ derivatives, logProbability }) => ({ derivative: derivatives[0], logProbability })),
    ...{ conceptScores, randomScores, t, pValue },
    conceptMean: mean(conceptScores),
    randomMean: mean(randomScores),
  };
}

/** The examples resampled nRepeats times, then nRepeats pairs of sets of random texts. */
function* repeatedExamples({ examples, randomRows, nRepeats, seed }: TcavOptions): Generator<LabelledRows> {
  const rng = Rng.fromSeed(seed, 'tcav');
  const { dModel, isPositive } = examples;
  const kinds = [true, false].map((kind) => isPositive.flatMap((label, place) => (label === kind ? [place] : [])));
  const resampled = () => kinds.flatMap((places) => places.map(() => places[rng.int(places.length)]));
  const nRandom = randomRows.length / dModel;
  const randomExamples = (): LabelledRows => {
    const places = rng.shuffle(Array.from({ length: nRandom }, (_, place) => place)).slice(0, isPositive.length);
    const picked = pickRows({ dModel, rows: randomRows, isPositive: new Array(nRandom).fill(true) }, places);
    return { ...picked, isPositive: places.map((_, i) => i < kinds[0].length) };
  };
  for (let i = 0; i < nRepeats; i++) yield pickRows(examples, resampled());
  for (let i = 0; i < nRepeats; i++) yield randomExamples();
}
