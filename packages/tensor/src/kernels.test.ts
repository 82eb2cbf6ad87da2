import { beforeAll, describe, expect, it } from 'vitest';
import type { CsrMatrix } from './csr-matrix.ts';
import { stackRows, transposeCsr } from './csr-matrix.ts';
import { kernels, tf } from './index.ts';
import { portableKernels } from './portable/portable-kernels.ts';
import { startTestBackend } from './testing.ts';

/** Numbers without an engine's randomness: a fixed low-discrepancy sequence in −1 … 1. */
function numbers(n: number, offset = 0): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => 2 * (((i + 1 + offset) * 0.6180339887498949) % 1) - 1);
}

function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(0, ...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

function toDense({ nRows, nColumns, rowOffsets, columns, values }: CsrMatrix): Float32Array {
  const dense = new Float32Array(nRows * nColumns);
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) dense[r * nColumns + columns[e]] += values[e];
  }
  return dense;
}

/** Rows of different lengths, one of them empty. */
const ragged: CsrMatrix = {
  nRows: 4,
  nColumns: 5,
  rowOffsets: Int32Array.of(0, 2, 2, 5, 6),
  columns: Int32Array.of(1, 4, 0, 2, 3, 4),
  values: Float32Array.of(2, -1, 0.5, 3, 1, 4),
};

beforeAll(async () => {
  await startTestBackend();
});

describe('topK', () => {
  it('keeps the lower columns of equal values and orders columns within a row', () => {
    const matrix = tf.tensor2d([1, 3, 3, 3, 2, -1, -1, -1, -1, -1, 0, 0, 5, 0, 0], [3, 5]);
    const kept = kernels().topK(matrix, 2);
    expect([...kept.columns]).toEqual([1, 2, 0, 1, 0, 2]);
    expect([...kept.values]).toEqual([3, 3, -1, -1, 0, 5]);
    expect([...kept.rowOffsets]).toEqual([0, 2, 4, 6]);
  });

  it('agrees with a full sort, ties included, for every k', () => {
    const [nRows, nColumns] = [7, 40];
    // Eight distinct values only, so that most rows have ties at the boundary.
    const data = numbers(nRows * nColumns).map((value) => Math.round(value * 4));
    for (const k of [1, 2, 7, 39, 40]) {
      const expected = Array.from({ length: nRows }, (_, r) =>
        Array.from({ length: nColumns }, (_, c) => c)
          .sort((a, b) => data[r * nColumns + b] - data[r * nColumns + a] || a - b)
          .slice(0, k)
          .sort((a, b) => a - b),
      ).flat();
      expect([...kernels().topK(tf.tensor2d(data, [nRows, nColumns]), k).columns]).toEqual(expected);
    }
  });

  it('is exact in wide rows, with ties within and between groups of columns', () => {
    const [nRows, nColumns, k] = [5, 8192, 30];
    const matrix = tf.tensor2d(
      numbers(nRows * nColumns).map((value) => Math.round(value * 300)),
      [nRows, nColumns],
    );
    expect(kernels().topK(matrix, k)).toEqual(portableKernels.topK(matrix, k));
  });

  it('is exact in wide rows that are constant, hold infinities or mostly the same value', () => {
    const [nColumns, k] = [4096, 30];
    const rows = [
      new Float32Array(nColumns).fill(-2),
      numbers(nColumns).fill(Number.POSITIVE_INFINITY, 100, 140),
      numbers(nColumns).fill(Number.NEGATIVE_INFINITY, 0, 4000),
      new Float32Array(nColumns).fill(0).fill(1, 4000, 4020),
      numbers(nColumns).map((value) => value * 1e-38),
      numbers(nColumns).map((value, i) => (i === 77 ? 1e30 : value)),
    ];
    for (const row of rows) {
      const matrix = tf.tensor2d(row, [1, nColumns]);
      expect(kernels().topK(matrix, k)).toEqual(portableKernels.topK(matrix, k));
    }
  });

  it('prefers any number to NaN in the portable form', () => {
    const row = numbers(64);
    row.fill(Number.NaN, 0, 60);
    expect([...portableKernels.topK(tf.tensor2d(row, [1, 64]), 4).columns]).toEqual([60, 61, 62, 63]);
    expect([...portableKernels.topK(tf.tensor2d(row, [1, 64]), 6).columns].slice(2)).toEqual([60, 61, 62, 63]);
  });

  it('refuses k outside 1 … nColumns and names both', () => {
    const matrix = tf.zeros<tf.Rank.R2>([2, 4]);
    expect(() => kernels().topK(matrix, 5)).toThrow(/from 1 to 4 .* is 5/);
    expect(() => kernels().topK(matrix, 0)).toThrow(/is 0/);
    expect(() => kernels().topK(matrix, 1.5)).toThrow(/is 1.5/);
  });
});

describe('topEntries', () => {
  /** The same by a full sort. */
  function sorted(data: Float32Array, n: number, above: number): number[] {
    return Array.from(data.keys())
      .filter((at) => data[at] > above)
      .sort((a, b) => data[b] - data[a] || a - b)
      .slice(0, n)
      .sort((a, b) => a - b);
  }

  function positions({ nRows, nColumns, rowOffsets, columns }: CsrMatrix): number[] {
    return Array.from({ length: nRows }, (_, r) =>
      Array.from(columns.subarray(rowOffsets[r], rowOffsets[r + 1]), (column) => r * nColumns + column),
    ).flat();
  }

  it('keeps the largest of the whole matrix, whichever rows they are in', () => {
    const matrix = tf.tensor2d([1, 9, 3, -1, 0, 2, 8, 7, 7], [3, 3]);
    const kept = kernels().topEntries(matrix, 4, 0);
    expect([...kept.rowOffsets]).toEqual([0, 1, 1, 4]);
    expect([...kept.columns]).toEqual([1, 0, 1, 2]);
    expect([...kept.values]).toEqual([9, 8, 7, 7]);
    // Of the two sevens the first.
    expect(positions(kernels().topEntries(matrix, 3, 0))).toEqual([1, 6, 7]);
  });

  it('agrees with a full sort on a matrix that is sampled first, ties included', () => {
    const [nRows, nColumns] = [60, 8192];
    const data = numbers(nRows * nColumns).map((value) => Math.round(value * 5000));
    for (const [n, above] of [
      [1, 0],
      [900, 0],
      [900, 4990],
      [20_000, 0],
      [nRows * nColumns, 0],
    ]) {
      const kept = kernels().topEntries(tf.tensor2d(data, [nRows, nColumns]), n, above);
      expect(positions(kept)).toEqual(sorted(data, n, above));
      expect([...kept.values]).toEqual(positions(kept).map((at) => data[at]));
    }
  });

  it('is exact where the sample misleads: everything large lies between the sampled positions', () => {
    const data = new Float32Array(70 * 8192).fill(1);
    // 8 is the stride between samples made odd: 9.
    for (let at = 0; at < data.length; at += 9) data[at] = 2;
    expect(positions(kernels().topEntries(tf.tensor2d(data, [70, 8192]), 100_000, 0))).toEqual(
      sorted(data, 100_000, 0),
    );
  });

  it('gives fewer where fewer are above the bound, and never NaN', () => {
    const matrix = tf.tensor2d([Number.NaN, 5, 0, -2, 3, 0.5], [2, 3]);
    expect(positions(kernels().topEntries(matrix, 6, 0))).toEqual([1, 4, 5]);
    expect(positions(kernels().topEntries(matrix, 6, 3))).toEqual([1]);
    expect(() => kernels().topEntries(matrix, 0, 0)).toThrow(/at least 1, but is 0/);
  });
});

describe('sparse products', () => {
  it('multiplies a sparse by a dense matrix, empty rows included', () => {
    const product = kernels().sparseDenseMatMul(ragged, tf.tensor2d([1, 10, 2, 20, 3, 30, 4, 40, 5, 50], [5, 2]));
    expect(product.arraySync()).toEqual([
      [-1, -10],
      [0, 0],
      [13.5, 135],
      [20, 200],
    ]);
  });

  it('gives zeros for a matrix without entries', () => {
    const empty = {
      nRows: 2,
      nColumns: 3,
      rowOffsets: new Int32Array(3),
      columns: new Int32Array(0),
      values: new Float32Array(0),
    };
    expect(
      kernels()
        .sparseDenseMatMul(empty, tf.ones([3, 2]))
        .arraySync(),
    ).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('equals the dense product, transposed pattern too', () => {
    const kept = kernels().topK(tf.tensor2d(numbers(30 * 50), [30, 50]), 5);
    const dense = tf.tensor2d(toDense(kept), [30, 50]);
    const right = tf.tensor2d(numbers(50 * 16, 7), [50, 16]);
    const left = tf.tensor2d(numbers(30 * 16, 9), [30, 16]);
    const straight = kernels().sparseDenseMatMul(kept, right).dataSync();
    // Sums of 5 products of magnitude ≤ 1 in float32.
    expect(maxDifference(straight, tf.matMul(dense, right).dataSync())).toBeLessThan(1e-5);
    const adjoint = kernels().sparseDenseMatMul(transposeCsr(kept).transposed, left).dataSync();
    expect(maxDifference(adjoint, tf.matMul(dense, left, true, false).dataSync())).toBeLessThan(1e-5);
  });

  it('samples a · bᵀ at a uniform pattern by gathering, and at a ragged one', () => {
    const a = tf.tensor2d(numbers(3 * 8), [3, 8]);
    const b = tf.tensor2d(numbers(400 * 8, 3), [400, 8]);
    const pattern = kernels().topK(tf.tensor2d(numbers(3 * 400, 5), [3, 400]), 2);
    const product = tf.matMul(a, b, false, true).dataSync();
    const expected = Array.from(pattern.columns, (column, e) => product[Math.floor(e / 2) * 400 + column]);
    expect(maxDifference(kernels().sampledMatMul(a, b, pattern), expected)).toBeLessThan(1e-5);

    const a4 = tf.tensor2d(numbers(4 * 8), [4, 8]);
    const b5 = tf.tensor2d(numbers(5 * 8, 2), [5, 8]);
    const small = tf.matMul(a4, b5, false, true).dataSync();
    const raggedExpected = [1, 4, 10, 12, 13, 19].map((at) => small[at]);
    expect(maxDifference(kernels().sampledMatMul(a4, b5, ragged), raggedExpected)).toBeLessThan(1e-5);
  });

  it('samples a · bᵀ at a ragged pattern that is very sparse', () => {
    const a = tf.tensor2d(numbers(4 * 8), [4, 8]);
    const b = tf.tensor2d(numbers(900 * 8, 2), [900, 8]);
    const pattern = kernels().topEntries(tf.tensor2d(numbers(4 * 900, 5), [4, 900]), 11, 0);
    const product = tf.matMul(a, b, false, true).dataSync();
    const expected: number[] = [];
    for (let r = 0; r < 4; r++)
      for (let e = pattern.rowOffsets[r]; e < pattern.rowOffsets[r + 1]; e++)
        expected.push(product[r * 900 + pattern.columns[e]]);
    expect(expected.length).toBe(11);
    expect(maxDifference(kernels().sampledMatMul(a, b, pattern), expected)).toBeLessThan(1e-5);
  });

  it('refuses shapes that do not fit and names them', () => {
    expect(() => kernels().sparseDenseMatMul(ragged, tf.ones([4, 2]))).toThrow(/\[4, 5\].*\[4,2\]/);
    expect(() => kernels().sampledMatMul(tf.ones([4, 3]), tf.ones([5, 2]), ragged)).toThrow(/\[4,3\].*\[5,2\]/);
  });
});

it('sums squares', () => {
  const values = numbers(1000);
  const expected = values.reduce((sum, value) => sum + value * value, 0);
  // A thousand float32 additions.
  expect(kernels().sumOfSquares(tf.tensor2d(values, [10, 100]))).toBeCloseTo(expected, 2);
  expect(kernels().sumOfSquares(tf.scalar(3))).toBe(9);
});

describe('adam', () => {
  const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

  it('takes a first step of the learning rate against the sign of the gradient', () => {
    const parameter = kernels().createAdamParameter(Float32Array.of(1, -2, 3), [3]);
    parameter.update(tf.tensor1d([5, -0.01, 0]), { ...adam, step: 1 });
    // m̂ / √v̂ = ±1 whatever the gradient's size; a gradient of zero moves nothing.
    expect(maxDifference(parameter.snapshot().value, [0.9, -1.9, 3])).toBeLessThan(1e-6);
    parameter.dispose();
  });

  it("equals torch's form in float64, where ε matters as well", () => {
    const initial = numbers(64);
    const parameter = kernels().createAdamParameter(initial, [8, 8]);
    const [w, m, v] = [Float64Array.from(initial), new Float64Array(64), new Float64Array(64)];
    for (let step = 1; step <= 20; step++) {
      const gradient = numbers(64, step).map((value) => value * 1e-4);
      parameter.update(tf.tensor2d(gradient, [8, 8]), { ...adam, epsilon: 1e-4, step });
      for (let i = 0; i < 64; i++) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2;
        w[i] -= (0.1 * (m[i] / (1 - 0.9 ** step))) / (Math.sqrt(v[i] / (1 - 0.999 ** step)) + 1e-4);
      }
    }
    // Twenty float32 steps of size 0.05: 20 · 6e-8 · a few operations.
    expect(maxDifference(parameter.snapshot().value, w)).toBeLessThan(2e-5);
    parameter.dispose();
  });

  it('continues from a snapshot bit for bit, and leaves the caller’s arrays alone', () => {
    const initial = numbers(12);
    const before = initial.slice();
    const first = kernels().createAdamParameter(initial, [3, 4]);
    const gradient = tf.tensor2d(numbers(12, 4), [3, 4]);
    first.update(gradient, { ...adam, step: 1 });
    const snapshot = first.snapshot();
    const kept = snapshot.value.slice();
    const second = kernels().createAdamParameter(new Float32Array(12), [3, 4]);
    second.restore(snapshot);
    for (const parameter of [first, second]) parameter.update(gradient, { ...adam, step: 2 });
    expect(second.snapshot()).toEqual(first.snapshot());
    expect(initial).toEqual(before);
    expect(snapshot.value).toEqual(kept);
  });

  it('reads a value that later updates do not change, and assigns one', () => {
    const parameter = kernels().createAdamParameter(Float32Array.of(1, 2), [2]);
    const read = parameter.value();
    parameter.update(tf.tensor1d([1, 1]), { ...adam, step: 1 });
    expect([...read.dataSync()]).toEqual([1, 2]);
    const next = tf.tensor1d([7, 8]);
    parameter.assign(next);
    next.dispose();
    expect([...parameter.value().dataSync()]).toEqual([7, 8]);
    expect(() => parameter.assign(tf.zeros([3]))).toThrow(/\[2\] has 2 values, but 3/);
  });
});

it('gives the portable results on the running backend', () => {
  const matrix = tf.tensor2d(numbers(64 * 300), [64, 300]);
  const kept = kernels().topK(matrix, 9);
  expect(kept).toEqual(portableKernels.topK(matrix, 9));
  const dense = tf.tensor2d(numbers(300 * 33, 2), [300, 33]);
  const [ours, portable] = [kernels(), portableKernels].map((k) => k.sparseDenseMatMul(kept, dense).dataSync());
  expect(maxDifference(ours, portable)).toBeLessThan(1e-5);
});

it('stacks sparse matrices by rows, empty rows included', () => {
  const stacked = stackRows([ragged, ragged]);
  expect(stacked.nRows).toBe(8);
  expect([...stacked.rowOffsets]).toEqual([0, 2, 2, 5, 6, 8, 8, 11, 12]);
  expect([...toDense(stacked)]).toEqual([...toDense(ragged), ...toDense(ragged)]);
});
