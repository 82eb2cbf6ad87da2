import { Rng } from '@featurescope/sae';

/** [nRows, dModel]: sparse mixtures of a few directions, so that a step works on something like activations. */
export function sparseMixtures(nRows: number, dModel: number): Float32Array {
  const rng = Rng.fromSeed(1, 'bench-rows');
  const directions = Array.from({ length: 64 }, () => Float32Array.from({ length: dModel }, () => rng.normal()));
  const rows = new Float32Array(nRows * dModel);
  for (let r = 0; r < nRows; r++) {
    for (let i = 0; i < 8; i++) {
      const direction = directions[rng.int(directions.length)];
      const size = rng.float();
      for (let j = 0; j < dModel; j++) rows[r * dModel + j] += size * direction[j];
    }
  }
  return rows;
}
