import { cosineSlices } from './cosine-slices.ts';

export interface NearDuplicates {
  /** Pairs of rows whose cosine is greater than the threshold. */
  nPairs: number;
  /** Rows that are in at least one of them. */
  nRows: number;
  /** At most `maxPairs`, by falling cosine, then by index; first < second. */
  pairs: { first: number; second: number; cosine: number }[];
}

/** Pairs of decoder rows that point nearly the same way. rows: [n, width]. Signed cosine, strictly above the threshold; zero rows have
 *  cosine 0. All are counted; the nearest `maxPairs` are kept.
 *  Memory: one slice of products, and at most twice maxPairs pairs. */
export async function nearDuplicates(
  rows: Float32Array,
  options: {
    width: number;
    threshold?: number;
    maxPairs?: number;
    sliceValues?: number;
    onProgress?(rows: number): void | Promise<void>;
  },
): Promise<NearDuplicates> {
  const { width, threshold = 0.9, maxPairs = 10_000, onProgress } = options;
  const nRows = rows.length / width;
  const isInPair = new Uint8Array(nRows);
  let pairs: NearDuplicates['pairs'] = [];
  let nPairs = 0;
  for (const slice of cosineSlices(rows, rows, options)) {
    for (let row = 0; row < slice.nRows; row++) {
      const first = slice.start + row;
      for (let second = first + 1; second < nRows; second++) {
        const cosine = slice.cosines[row * nRows + second];
        if (!(cosine > threshold)) continue;
        nPairs++;
        isInPair[first] = isInPair[second] = 1;
        pairs.push({ first, second, cosine });
        if (pairs.length >= 2 * maxPairs) pairs = nearestPairs(pairs, maxPairs);
      }
    }
    await onProgress?.(slice.start + slice.nRows);
  }
  return { nPairs, nRows: isInPair.reduce((sum, is) => sum + is, 0), pairs: nearestPairs(pairs, maxPairs) };
}

const nearestPairs = (pairs: NearDuplicates['pairs'], count: number) =>
  pairs.sort((x, y) => y.cosine - x.cosine || x.first - y.first || x.second - y.second).slice(0, count);
