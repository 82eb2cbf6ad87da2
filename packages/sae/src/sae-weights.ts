import { ShapeError } from '@featurescope/tensor';

/** A dictionary's weights in the order the literature and SAELens use. */
export interface SaeWeights {
  /** [dModel, nLatents] */
  wEnc: Float32Array;
  /** [nLatents, dModel]: row i is feature i's direction. */
  wDec: Float32Array;
  /** [nLatents] */
  bEnc: Float32Array;
  /** [dModel] */
  bDec: Float32Array;
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

/** Throws ShapeError unless every array has the length that dModel and nLatents ask for. */
export function checkWeights(weights: SaeWeights, { dModel, nLatents }: { dModel: number; nLatents: number }): void {
  const expected = { wEnc: dModel * nLatents, wDec: dModel * nLatents, bEnc: nLatents, bDec: dModel };
  for (const [name, length] of Object.entries(expected)) {
    const given = weights[name as keyof SaeWeights].length;
    if (given !== length)
      throw new ShapeError(
        `${name} must have ${length} values (dModel ${dModel}, nLatents ${nLatents}), but has ${given}`,
      );
  }
}

/** Weights trained on s·x, made ready for x itself: W_enc·s, W_dec/s, b_dec/s. Pre-activations stay the same; the decoder rows
 *  end up 1/s times as long. */
export function foldInputScale(weights: SaeWeights, scale: number): SaeWeights {
  return {
    wEnc: weights.wEnc.map((value) => value * scale),
    wDec: weights.wDec.map((value) => value / scale),
    bEnc: weights.bEnc.slice(),
    bDec: weights.bDec.map((value) => value / scale),
  };
}

/** Unit decoder rows with the norms moved to the encoder: W_enc·‖d‖, b_enc·‖d‖. Changes no reconstruction of a ReLU dictionary;
 *  makes TopK by pre-activation the same as TopK by pre·‖d‖. A row of norm 0 is left as it is. */
export function foldDecoderNorms(weights: SaeWeights, dModel: number): SaeWeights {
  const norms = rowNorms(weights.wDec, dModel).map((norm) => (norm === 0 ? 1 : norm));
  const nLatents = norms.length;
  return {
    wEnc: weights.wEnc.map((value, at) => value * norms[at % nLatents]),
    wDec: weights.wDec.map((value, at) => value / norms[Math.floor(at / dModel)]),
    bEnc: weights.bEnc.map((value, i) => value * norms[i]),
    bDec: weights.bDec.slice(),
  };
}
