import type { Description, TensorNames } from './architectures/architecture.ts';

/** For each row of the query-key-value matrix as a block wants it, the stored row that it comes from; null when the two
 *  are the same.
 *
 *  Blocks want all queries, then all keys, then all values, and pairs that turn together half a head apart. A head that
 *  turns in part is stored with its pairs rotaryDim / 2 apart at its beginning; those are moved half a head apart and
 *  the still dimensions fill the gaps. q · k does not depend on the order of dimensions, so that a partial rotation
 *  becomes a whole one in which the other pairs turn by an angle of zero. */
export function qkvRowOrder(
  { shape: { nHeads, nKvHeads, headDim }, attention }: Description,
  layer: number,
  stored: TensorNames['qkvOrder'] = 'blocked',
): Int32Array | null {
  const rotaryDim = attention.rope?.(layer).rotaryDim ?? headDim;
  if (stored === 'blocked' && rotaryDim === headDim) return null;
  const dims = headOrder(headDim, rotaryDim);
  const order = new Int32Array((nHeads + 2 * nKvHeads) * headDim);
  for (let row = 0; row < order.length; row++) {
    const head = Math.floor(row / headDim);
    const isValue = head >= nHeads + nKvHeads;
    const dim = isValue ? row % headDim : dims[row % headDim];
    // Heads stored together have a key and a value each.
    const storedHead = stored === 'blocked' ? head : 3 * (head % nHeads) + Math.floor(head / nHeads);
    order[row] = storedHead * headDim + dim;
  }
  return order;
}

/** [headDim]: the stored dimension at each place. */
export function headOrder(headDim: number, rotaryDim: number): Int32Array {
  const half = headDim / 2;
  const halfTurning = rotaryDim / 2;
  const halfStill = half - halfTurning;
  return Int32Array.from({ length: headDim }, (_, place) => {
    const isSecond = place >= half;
    const pair = isSecond ? place - half : place;
    return pair < halfTurning
      ? pair + (isSecond ? halfTurning : 0)
      : rotaryDim + (pair - halfTurning) + (isSecond ? halfStill : 0);
  });
}
