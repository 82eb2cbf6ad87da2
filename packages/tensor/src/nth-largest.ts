/** The n-th largest of at least n numbers, 1 ≤ n, none of them NaN; `values` stays as it is. Quickselect on a copy: linear, where
 *  sorting a batch's candidates takes as long as a matrix product. */
export function nthLargest(values: Float32Array, n: number): number {
  return takeNthLargest(values.slice(), values.length, n);
}

/** The same of the first `length` of `left`, which it puts into another order. */
export function takeNthLargest(left: Float32Array, length: number, n: number): number {
  const target = length - n;
  let from = 0;
  let to = length - 1;
  while (from < to) {
    const pivot = medianOfThree(left[from], left[(from + to) >> 1], left[to]);
    let i = from;
    let j = to;
    // Hoare's partition stops at equal values on both sides, so that many of them split evenly.
    while (i <= j) {
      while (left[i] < pivot) i++;
      while (left[j] > pivot) j--;
      if (i > j) break;
      const value = left[i];
      left[i++] = left[j];
      left[j--] = value;
    }
    if (target <= j) to = j;
    else if (target >= i) from = i;
    else return left[target];
  }
  return left[target];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
