import { Rng, SparseAutoencoder } from '@featurescope/sae';

/** A dictionary with random unit-free rows: decoder norms differ, and about a third of the latents fire on a row of unit variance. */
export function randomDictionary(options: {
  dModel: number;
  nLatents: number;
  k?: number;
  seed?: number;
}): SparseAutoencoder {
  const { dModel, nLatents, k } = options;
  const rng = Rng.fromSeed(options.seed ?? 1, 'random-dictionary');
  const wDec = Float32Array.from(
    { length: nLatents * dModel },
    (_, at) => rng.normal() * (0.2 + Math.floor(at / dModel) / nLatents),
  );
  const wEnc = new Float32Array(dModel * nLatents);
  for (let i = 0; i < nLatents; i++) for (let j = 0; j < dModel; j++) wEnc[j * nLatents + i] = wDec[i * dModel + j] / 4;
  const weights = {
    wEnc,
    wDec,
    bEnc: Float32Array.from({ length: nLatents }, () => -0.2),
    bDec: Float32Array.from({ length: dModel }, () => rng.normal() * 0.05),
  };
  const architecture = k === undefined ? 'standard' : 'topk';
  return new SparseAutoencoder({ architecture, dModel, nLatents, k, applyBDecToInput: true }, weights);
}
