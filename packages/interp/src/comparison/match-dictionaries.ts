import { hungarian } from '@featurescope/sae';
import { cosineSlices } from './cosine-slices.ts';
import type { DictionaryMatch } from './match-types.ts';

/** Latents up to which the best one-to-one matching is found: its cosines are held as one matrix of at most 64 MiB. */
export const MAX_HUNGARIAN_LATENTS = 4096;

export interface MatchOptions {
  width: number;
  /** Default 4,096; of the larger dictionary. */
  maxHungarianLatents?: number;
  /** Awaited after each slice with the rows of `a` that are done. May throw to end the work. */
  onProgress?(rows: number): void | Promise<void>;
  sliceValues?: number;
}

/** Pairs the decoder rows of two dictionaries by signed cosine: opposite directions are different features, because activations are
 *  not negative (algorithms.md §8).
 *  a: [nA, width], b: [nB, width]. Up to 4,096 latents the pairs are those with the greatest total cosine (Hungarian; min(nA, nB)
 *  pairs, whatever their cosine); above, those that are each other's nearest. Nearest rows: ties keep the lower index.
 *  Throws InvalidRequestError for values that are not finite. */
export async function matchDictionaries(
  a: Float32Array,
  b: Float32Array,
  options: MatchOptions,
): Promise<DictionaryMatch> {
  const { width } = options;
  const [nA, nB] = [a.length / width, b.length / width];
  const isHungarian = Math.max(nA, nB) <= (options.maxHungarianLatents ?? MAX_HUNGARIAN_LATENTS);
  const whole = isHungarian ? new Float32Array(nA * nB) : null;
  const nearest = new Nearest(nA, nB);
  for (const slice of cosineSlices(a, b, options)) {
    nearest.add(slice);
    whole?.set(slice.cosines, slice.start * nB);
    await options.onProgress?.(slice.start + slice.nRows);
  }
  const matchOfA = whole ? hungarian(whole, nA, nB) : nearest.mutual();
  const cosineOfA = Float32Array.from(matchOfA, (column, row) =>
    column < 0 ? 0 : whole ? whole[row * nB + column] : nearest.cosineOfA[row],
  );
  const { ofA, cosineOfA: nearestCosineOfA, ofB, cosineOfB: nearestCosineOfB } = nearest;
  const method = isHungarian ? 'hungarian' : 'mutualNearest';
  return {
    ...{ method, matchOfA, cosineOfA, nearestCosineOfA, nearestCosineOfB },
    nearestOfA: ofA,
    nearestOfB: ofB,
  };
}

/** The nearest row on the other side, of every row of both. */
class Nearest {
  readonly ofA: Int32Array;
  readonly cosineOfA: Float32Array;
  readonly ofB: Int32Array;
  readonly cosineOfB: Float32Array;

  constructor(nA: number, nB: number) {
    this.ofA = new Int32Array(nA).fill(-1);
    this.cosineOfA = new Float32Array(nA).fill(-2);
    this.ofB = new Int32Array(nB).fill(-1);
    this.cosineOfB = new Float32Array(nB).fill(-2);
  }

  add({ start, nRows, cosines }: { start: number; nRows: number; cosines: Float32Array }): void {
    const nB = this.ofB.length;
    for (let row = 0; row < nRows; row++) {
      const a = start + row;
      for (let b = 0, at = row * nB; b < nB; b++, at++) {
        const cosine = cosines[at];
        if (cosine > this.cosineOfA[a]) {
          this.cosineOfA[a] = cosine;
          this.ofA[a] = b;
        }
        if (cosine > this.cosineOfB[b]) {
          this.cosineOfB[b] = cosine;
          this.ofB[b] = a;
        }
      }
    }
  }

  mutual(): Int32Array {
    return this.ofA.map((b, a) => (b >= 0 && this.ofB[b] === a ? b : -1));
  }
}
