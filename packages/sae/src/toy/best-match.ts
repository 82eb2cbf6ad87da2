/** The best that a dictionary has for each truth. */
export interface BestMatch {
  /** [nTruths]: largest signed cosine with a counted decoder row; 0 where none counts. */
  cosines: Float32Array;
  /** [nTruths]: that row (of equals the lower), −1 where none counts. */
  latents: Int32Array;
  /** Mean of the cosines. */
  mean: number;
}

/** truths: [nTruths, width]. directions: [nLatents, width], any norm; a row of zeros has cosine 0. Only latents with `counts` take part:
 *  many random directions lie close to any truth, and one that never fires has found nothing. */
export function bestMatch(
  truths: Float32Array,
  directions: Float32Array,
  { width, counts }: { width: number; counts: (latent: number) => boolean },
): BestMatch {
  const nTruths = truths.length / width;
  const nLatents = directions.length / width;
  const cosines = new Float32Array(nTruths);
  const latents = new Int32Array(nTruths).fill(-1);
  for (let t = 0; t < nTruths; t++) {
    for (let i = 0; i < nLatents; i++) {
      if (!counts(i)) continue;
      const cosine = cosineOf(
        truths.subarray(t * width, (t + 1) * width),
        directions.subarray(i * width, (i + 1) * width),
      );
      if (latents[t] !== -1 && cosine <= cosines[t]) continue;
      cosines[t] = cosine;
      latents[t] = i;
    }
  }
  return { cosines, latents, mean: cosines.reduce((sum, cosine) => sum + cosine, 0) / nTruths };
}

function cosineOf(a: Float32Array, b: Float32Array): number {
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let d = 0; d < a.length; d++) {
    dot += a[d] * b[d];
    squareA += a[d] * a[d];
    squareB += b[d] * b[d];
  }
  return squareA > 0 && squareB > 0 ? dot / Math.sqrt(squareA * squareB) : 0;
}
