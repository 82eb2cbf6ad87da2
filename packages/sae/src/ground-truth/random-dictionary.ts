import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';
import { rowNorms, type SaeWeights } from '../sae-weights.ts';

/** A dictionary of random directions beside a trained or untrained one, for comparison: its norms, biases and thresholds, but decoder rows of
 *  uniformly random direction, and encoder columns along them. dModel: width of both sides. */
export function randomDictionary(like: SaeWeights, dModel: number, seed: number): SaeWeights {
  const nLatents = like.wDec.length / dModel;
  const directions = randomDirections(nLatents, dModel, Rng.fromSeed(seed, 'random-dictionary'));
  const decoderNorms = rowNorms(like.wDec, dModel);
  const wDec = directions.map((value, at) => value * decoderNorms[Math.floor(at / dModel)]);
  const wEnc = new Float32Array(like.wEnc.length);
  for (let latent = 0; latent < nLatents; latent++) {
    let square = 0;
    for (let j = 0; j < dModel; j++) square += like.wEnc[j * nLatents + latent] ** 2;
    const norm = Math.sqrt(square);
    for (let j = 0; j < dModel; j++) wEnc[j * nLatents + latent] = directions[latent * dModel + j] * norm;
  }
  return { ...like, wEnc, wDec };
}
