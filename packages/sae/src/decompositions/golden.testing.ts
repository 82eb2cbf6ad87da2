import { readFileSync } from 'node:fs';
import path from 'node:path';

interface WelchCase {
  a: number[];
  b: number[];
  t: number;
  degreesOfFreedom: number;
  pValue: number;
}

/** What reference/decompositions.py wrote; arrays in row-major order. */
export interface DecompositionGoldens {
  pca: Record<'rows' | 'mean' | 'components' | 'variances', number[]>;
  ica: Record<'rows' | 'mixing', number[]>;
  nmf: Record<'rows' | 'codes' | 'components' | 'fittedCodes' | 'fittedComponents', number[]> & {
    iterations: number;
    error: number;
  };
  nnls: Record<'components' | 'rows' | 'codes' | 'splitComponents' | 'splitCodes', number[]>;
  logistic: { rows: number[]; labels: number[]; fits: Record<string, { normal: number[]; offset: number }> };
  welch: WelchCase[];
}

export function decompositionGoldens(): DecompositionGoldens {
  const file = path.resolve(import.meta.dirname, '../../reference/decompositions.golden.json');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Largest difference over the largest wanted magnitude. */
export function relativeError(given: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (given.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let [difference, scale] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs(given[i] - wanted[i]));
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  return difference / scale;
}
