import { matchDictionaries } from '@featurescope/interp';
import type { FittedDictionary } from '@featurescope/sae';
import type { MeasuredModel } from './measured-model.ts';

export interface ModelScores {
  l0: number;
  fvu: number;
  /** Of mean ablation. */
  ceRecovered: number;
  deltaCe: number;
  /** Latents silent on the held-out tokens. */
  deadShare: number;
}

/** Decoder rows of two seeds, paired one to one. */
export interface SeedMatch {
  meanCosine: number;
  /** Share of pairs with a cosine above .7. */
  shareAbove: number;
}

/** One line of the table: a way to make a dictionary, once a seed. */
export interface Cell {
  name: string;
  setting: string;
  scores: ModelScores[];
  /** One a pair of seeds. */
  matches: SeedMatch[];
}

export async function measureCell(
  model: MeasuredModel,
  { name, setting, seeds }: { name: string; setting: string; seeds: number[] },
  make: (seed: number) => FittedDictionary | Promise<FittedDictionary>,
): Promise<Cell> {
  const scores: ModelScores[] = [];
  const decoders: Float32Array[] = [];
  for (const seed of seeds) {
    const dictionary = await make(seed);
    scores.push(await scoresOf(model, dictionary));
    decoders.push(dictionary.weights.wDec);
    console.error(`${name}, ${setting}, seed ${seed}: ${JSON.stringify(scores.at(-1))}`);
  }
  const pairs = decoders.flatMap((a, i) => decoders.slice(i + 1).map((b) => [a, b]));
  const matches = [];
  for (const [a, b] of pairs) matches.push(await matchOf(a, b, model.width));
  return { name, setting, scores, matches };
}

export async function scoresOf(model: MeasuredModel, dictionary: FittedDictionary): Promise<ModelScores> {
  const { l0, fvu, deadShare, spliced } = await model.evaluate(dictionary);
  return {
    ...{ l0, fvu, deadShare },
    ceRecovered: spliced?.ceRecoveredMean ?? Number.NaN,
    deltaCe: spliced?.deltaCe ?? Number.NaN,
  };
}

async function matchOf(a: Float32Array, b: Float32Array, width: number): Promise<SeedMatch> {
  const { cosineOfA } = await matchDictionaries(a, b, { width });
  const count = cosineOfA.length;
  return {
    meanCosine: cosineOfA.reduce((sum, cosine) => sum + cosine, 0) / count,
    shareAbove: cosineOfA.reduce((sum, cosine) => sum + (cosine > 0.7 ? 1 : 0), 0) / count,
  };
}
