/** How the decoder rows of dictionary A stand to those of dictionary B. Index −1: none. */
export interface DictionaryMatch {
  method: 'hungarian' | 'mutualNearest';
  /** [nA]: the row of B that a row of A is paired with, one to one. */
  matchOfA: Int32Array;
  /** [nA]: cosine of that pair; 0 where there is none. */
  cosineOfA: Float32Array;
  /** [nA]: the row of B with the greatest cosine, which several rows of A may share. */
  nearestOfA: Int32Array;
  nearestCosineOfA: Float32Array;
  /** [nB]: the same the other way round. */
  nearestOfB: Int32Array;
  nearestCosineOfB: Float32Array;
}
