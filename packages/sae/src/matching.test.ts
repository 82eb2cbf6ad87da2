import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hungarian } from './matching.ts';
import { Rng } from './rng.ts';

interface GoldenCase {
  seed: number;
  rows: number;
  columns: number;
  levels: number;
  total: number;
  columnOf: number[] | null;
}

const golden: { cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('../reference/linear-sum-assignment.golden.json', import.meta.url), 'utf8'),
);

function total(similarity: ArrayLike<number>, columnOf: Int32Array, nColumns: number): number {
  return columnOf.reduce((sum, column, row) => (column < 0 ? sum : sum + similarity[row * nColumns + column]), 0);
}

function bestOfAll(similarity: ArrayLike<number>, nRows: number, nColumns: number): number {
  const pairs = Math.min(nRows, nColumns);
  const visit = (row: number, used: number, made: number): number => {
    if (row === nRows) return made === pairs ? 0 : Number.NEGATIVE_INFINITY;
    let best = visit(row + 1, used, made);
    for (let column = 0; column < nColumns; column++) {
      if (used & (1 << column)) continue;
      best = Math.max(best, similarity[row * nColumns + column] + visit(row + 1, used | (1 << column), made + 1));
    }
    return best;
  };
  return visit(0, 0, 0);
}

test('takes the matching that a greedy choice misses', () => {
  // Greedy takes .9 and is left with .1; the best total is .8 + .8.
  expect([...hungarian(Float64Array.from([0.9, 0.8, 0.8, 0.1]), 2, 2)]).toEqual([1, 0]);
});

test('matches as many as there are rows or columns, negative similarity or not', () => {
  expect([...hungarian(Float64Array.from([-3, -1, -2]), 3, 1)]).toEqual([-1, 0, -1]);
  expect([...hungarian(Float32Array.from([-3, -1, -2]), 1, 3)]).toEqual([1]);
  expect([...hungarian(new Float64Array(0), 2, 0)]).toEqual([-1, -1]);
  expect([...hungarian(new Float64Array(0), 0, 4)]).toEqual([]);
});

test('equals the best of all matchings on small matrices, with and without ties', () => {
  const rng = Rng.fromSeed(5);
  for (let trial = 0; trial < 400; trial++) {
    const nRows = 1 + rng.int(6);
    const nColumns = 1 + rng.int(6);
    const tied = trial % 2 === 0;
    const similarity = Float64Array.from({ length: nRows * nColumns }, () => (tied ? rng.int(4) : rng.normal()));
    const columnOf = hungarian(similarity, nRows, nColumns);
    const matched = columnOf.filter((column) => column >= 0);
    expect(new Set(matched).size).toBe(Math.min(nRows, nColumns));
    // Both sums add the same six numbers in another order.
    expect(total(similarity, columnOf, nColumns)).toBeCloseTo(bestOfAll(similarity, nRows, nColumns), 10);
  }
});

test.each(golden.cases)('agrees with scipy on $rows × $columns at $levels levels', (example) => {
  const similarity = new Float64Array(example.rows * example.columns);
  let x = BigInt(example.seed);
  for (let i = 0; i < similarity.length; i++) {
    x = (1103515245n * x + 12345n) % 2147483648n;
    similarity[i] = ((Number(x >> 8n) % example.levels) / example.levels) * 2 - 1;
  }
  const columnOf = hungarian(similarity, example.rows, example.columns);
  if (example.columnOf) expect([...columnOf]).toEqual(example.columnOf);
  // A sum of at most 120 numbers below 1, in float64.
  expect(total(similarity, columnOf, example.columns)).toBeCloseTo(example.total, 10);
});

/** Whether rows could pass their columns round, or to a free one, with a gain: a negative cycle of losses (Floyd and Warshall). */
function canImprove(similarity: ArrayLike<number>, columnOf: Int32Array, nColumns: number): boolean {
  const n = columnOf.length;
  const taken = new Set(columnOf);
  const free = Array.from({ length: nColumns }, (_, column) => column).filter((column) => !taken.has(column));
  const value = (row: number, column: number) => similarity[row * nColumns + column];
  // Node n stands for the free columns: going there takes the best of them, and from there anybody may give up a column.
  const loss = Array.from({ length: n + 1 }, (_, from) =>
    Array.from({ length: n + 1 }, (_, to) => {
      if (from === n) return 0;
      const gained = to === n ? Math.max(...free.map((column) => value(from, column))) : value(from, columnOf[to]);
      return value(from, columnOf[from]) - gained;
    }),
  );
  for (let via = 0; via <= n; via++)
    for (let from = 0; from <= n; from++)
      for (let to = 0; to <= n; to++) loss[from][to] = Math.min(loss[from][to], loss[from][via] + loss[via][to]);
  return loss.some((row, i) => row[i] < -1e-9);
}

test('leaves no exchange that gains anything, with many ties', () => {
  const rng = Rng.fromSeed(6);
  for (let trial = 0; trial < 300; trial++) {
    const [nRows, nColumns] = [20, 20 + (trial % 3) * 4];
    const levels = 2 + (trial % 9);
    const similarity = Float64Array.from({ length: nRows * nColumns }, () => rng.int(levels) * rng.int(levels));
    expect(canImprove(similarity, hungarian(similarity, nRows, nColumns), nColumns), `trial ${trial}`).toBe(false);
  }
});

test('sorts by a product, where most rows want the same column', () => {
  const n = 60;
  const product = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) + 1) * ((at % n) + 1));
  const ascending = Array.from({ length: n }, (_, i) => i);
  // The rearrangement inequality: like with like for the greatest sum, opposites for the least.
  expect([...hungarian(product, n, n)]).toEqual(ascending);
  expect([
    ...hungarian(
      product.map((value) => -value),
      n,
      n,
    ),
  ]).toEqual(ascending.reverse());
});

test('recovers a hidden permutation among noisy directions', () => {
  const n = 300;
  const rng = Rng.fromSeed(9);
  const hidden = rng.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  const similarity = Float32Array.from({ length: n * n }, () => rng.float() * 0.5);
  for (let row = 0; row < n; row++) similarity[row * n + hidden[row]] = 0.9;
  expect([...hungarian(similarity, n, n)]).toEqual([...hidden]);
});

test('names the place of a number that is not finite, and sizes that do not fit', () => {
  expect(() => hungarian(Float64Array.from([0, 1, Number.NaN, 2]), 2, 2)).toThrow('row 1, column 0 it is NaN');
  expect(() => hungarian(new Float64Array(5), 2, 2)).toThrow('2 × 2 has 5 values');
  expect(() => hungarian(new Float64Array(0), -1, 0)).toThrow('-1 × 0');
});
