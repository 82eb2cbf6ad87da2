import type { SuperpositionReport } from './superposition-report.ts';

/** Features that share dimensions with one another and with no others: one polytope. */
export interface Polytope {
  /** Ascending. */
  features: number[];
  /** Σ D_i of its features: the dimensions that they fill together. */
  dimensions: number;
  /** `digon`, `triangle`, …; `single` for a feature with a dimension of its own; else "5 in 3". */
  name: string;
}

/** |cos| of two directions from which on they count as sharing a dimension. */
const LINKED_COSINE = 0.15;
/** A feature whose squared norm is below this is not represented and belongs to no polytope. */
const LEAST_SQUARE = 0.1;

const names: Record<string, string> = {
  '1 in 1': 'single',
  '2 in 1': 'digon',
  '3 in 2': 'triangle',
  '4 in 3': 'tetrahedron',
  '5 in 2': 'pentagon',
  '4 in 2': 'square',
  '8 in 3': 'square antiprism',
  '6 in 3': 'octahedron',
};

/** The connected components of the represented features under |cos(W_i, W_j)| > .15, the largest first, of equals by lowest feature.
 *  Two orthogonal digons are two polytopes, though they may fill one plane together. Source: Elhage et al. 2022, "Geometry". */
export function findPolytopes({ gram, norms, dimensionality }: SuperpositionReport): Polytope[] {
  const n = norms.length;
  const isThere = (i: number) => norms[i] * norms[i] >= LEAST_SQUARE;
  const isLinked = (i: number, j: number) => Math.abs(gram[i * n + j]) > LINKED_COSINE * norms[i] * norms[j];
  const seen = new Set<number>();
  const polytopes: Polytope[] = [];
  for (let first = 0; first < n; first++) {
    if (seen.has(first) || !isThere(first)) continue;
    const features = [first];
    seen.add(first);
    for (let at = 0; at < features.length; at++) {
      for (let j = 0; j < n; j++) {
        if (seen.has(j) || !isThere(j) || !isLinked(features[at], j)) continue;
        seen.add(j);
        features.push(j);
      }
    }
    features.sort((a, b) => a - b);
    const dimensions = features.reduce((sum, i) => sum + dimensionality[i], 0);
    const shape = `${features.length} in ${Math.max(1, Math.round(dimensions))}`;
    polytopes.push({ features, dimensions, name: names[shape] ?? shape });
  }
  return polytopes.sort((a, b) => b.features.length - a.features.length || a.features[0] - b.features[0]);
}
