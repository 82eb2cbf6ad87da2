import { ShapeError } from '@featurescope/tensor';

/** A dictionary's weights in the order the literature and SAELens use. A transcoder writes dOut values where others write dModel. */
export interface SaeWeights {
  /** [dModel, nLatents] */
  wEnc: Float32Array;
  /** [dModel, nLatents]: of nmf on split signs, what reads x⁻ where W_enc reads x⁺. */
  wEncNegative?: Float32Array;
  /** [nLatents, dModel]: row i is feature i's direction. */
  wDec: Float32Array;
  /** [nLatents]; gated: the gate's bias b_gate. */
  bEnc: Float32Array;
  /** [dModel] */
  bDec: Float32Array;
  /** [nLatents]: θ on the pre-activation; jumprelu only. */
  threshold?: Float32Array;
  /** [nLatents]: the magnitudes' encoder is W_enc ⊙ exp(r_mag); gated only. */
  rMag?: Float32Array;
  /** [nLatents]: the magnitudes' bias; gated only. */
  bMag?: Float32Array;
  /** [dModel, dOut]: x · wSkip is added to what a transcoder with a skip connection decodes. */
  wSkip?: Float32Array;
}

/** The widths that a dictionary's weights follow from. dOut: what the decoder writes, where that is not dModel. */
export interface WeightShape {
  dModel: number;
  nLatents: number;
  dOut?: number;
}

/** matrix [nRows, nColumns] → [nColumns, nRows]. */
export function transpose(matrix: Float32Array, nRows: number, nColumns: number): Float32Array {
  const transposed = new Float32Array(matrix.length);
  for (let r = 0; r < nRows; r++) {
    for (let c = 0; c < nColumns; c++) transposed[c * nRows + r] = matrix[r * nColumns + c];
  }
  return transposed;
}

/** Euclidean norm of each row of [nRows, width], in float64. */
export function rowNorms(matrix: Float32Array, width: number): Float32Array {
  const norms = new Float32Array(matrix.length / width);
  for (let r = 0; r < norms.length; r++) {
    let square = 0;
    for (let j = 0; j < width; j++) square += matrix[r * width + j] ** 2;
    norms[r] = Math.sqrt(square);
  }
  return norms;
}

/** Throws ShapeError unless every array has the length that the widths ask for. */
export function checkWeights(weights: SaeWeights, { dModel, nLatents, dOut = dModel }: WeightShape): void {
  const expected: Record<keyof SaeWeights, number> = {
    wEnc: dModel * nLatents,
    wEncNegative: dModel * nLatents,
    wDec: dOut * nLatents,
    bEnc: nLatents,
    bDec: dOut,
    threshold: nLatents,
    rMag: nLatents,
    bMag: nLatents,
    wSkip: dModel * dOut,
  };
  for (const [name, length] of Object.entries(expected)) {
    const given = weights[name as keyof SaeWeights]?.length;
    if (given !== undefined && given !== length)
      throw new ShapeError(
        `${name} must have ${length} values (dModel ${dModel}, nLatents ${nLatents}), but has ${given}`,
      );
  }
}

/** Weights trained on s·x, made ready for x itself: W_enc·s, W_dec/s, b_dec/s. Pre-activations, and so thresholds on them, stay
 *  the same; the decoder rows end up 1/s times as long. */
export function foldInputScale(weights: SaeWeights, scale: number): SaeWeights {
  return {
    ...weights,
    wEnc: weights.wEnc.map((value) => value * scale),
    wDec: weights.wDec.map((value) => value / scale),
    bEnc: weights.bEnc.slice(),
    bDec: weights.bDec.map((value) => value / scale),
  };
}

/** Unit decoder rows with the norms moved to the encoder: W_enc·‖d‖, b_enc·‖d‖, and so for b_gate, b_mag and θ; r_mag acts on
 *  W_enc and stays. Changes no reconstruction of a ReLU, JumpReLU or gated dictionary; makes TopK by pre-activation the same as
 *  TopK by pre·‖d‖. width: of a decoder row. A row of norm 0 is left as it is. */
export function foldDecoderNorms(weights: SaeWeights, width: number): SaeWeights {
  const norms = rowNorms(weights.wDec, width).map((norm) => (norm === 0 ? 1 : norm));
  const nLatents = norms.length;
  const times = (values: Float32Array) => values.map((value, i) => value * norms[i]);
  return {
    ...weights,
    wEnc: weights.wEnc.map((value, at) => value * norms[at % nLatents]),
    wDec: weights.wDec.map((value, at) => value / norms[Math.floor(at / width)]),
    bEnc: times(weights.bEnc),
    bDec: weights.bDec.slice(),
    ...(weights.bMag ? { bMag: times(weights.bMag) } : {}),
    ...(weights.threshold ? { threshold: times(weights.threshold) } : {}),
  };
}
