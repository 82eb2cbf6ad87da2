import type { SaeWeights } from './sae-weights.ts';

/** z = (x − mean) M and its inverse, in float64. */
export interface Whitening {
  /** [dModel] */
  mean: ArrayLike<number>;
  /** M, [dModel, dModel] */
  matrix: ArrayLike<number>;
  /** M⁻¹, [dModel, dModel] */
  inverse: ArrayLike<number>;
}

/** Weights trained on z = (x − mean) M, made ready for x: W_enc ← M W_enc, W_dec ← W_dec M⁻¹, b_dec ← b_dec M⁻¹ + mean. Where b_dec is
 *  not subtracted from the input, the encoder's biases take mean · M W_enc off instead. Source: SAELens 6.54.12,
 *  `fold_activation_whitening`; products in float64. */
export function foldWhitening(
  weights: SaeWeights,
  { mean, matrix, inverse }: Whitening,
  applyBDecToInput: boolean,
): SaeWeights {
  const dModel = mean.length;
  const nLatents = weights.bEnc.length;
  const wEnc = Float32Array.from(multiply(matrix, weights.wEnc, { rows: dModel, inner: dModel, columns: nLatents }));
  const folded: SaeWeights = {
    ...weights,
    wEnc,
    wDec: Float32Array.from(multiply(weights.wDec, inverse, { rows: nLatents, inner: dModel, columns: dModel })),
    bDec: Float32Array.from(
      multiply(weights.bDec, inverse, { rows: 1, inner: dModel, columns: dModel }),
      (value, j) => value + mean[j],
    ),
  };
  if (applyBDecToInput) return folded;
  const shift = multiply(mean, wEnc, { rows: 1, inner: dModel, columns: nLatents });
  folded.bEnc = weights.bEnc.map((value, i) => value - shift[i]);
  const { rMag, bMag } = weights;
  if (rMag && bMag) folded.bMag = bMag.map((value, i) => value - shift[i] * Math.exp(rMag[i]));
  return folded;
}

/** a [rows, inner] · b [inner, columns]. */
function multiply(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { rows, inner, columns }: { rows: number; inner: number; columns: number },
): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let m = 0; m < inner; m++) {
      const factor = a[r * inner + m];
      for (let c = 0; c < columns; c++) product[r * columns + c] += factor * b[m * columns + c];
    }
  }
  return product;
}
