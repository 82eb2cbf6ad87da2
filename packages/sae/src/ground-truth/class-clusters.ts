import { SaeConfigError } from '../errors.ts';
import { Rng } from '../rng.ts';

/** Points around one centre a class. */
export interface ClassClusters {
  nClasses: number;
  nInputs: number;
  /** Standard deviation of a point around its centre, in each coordinate; the centres have norm 1. */
  deviation: number;
  seed: number;
}

export interface LabelledPoints {
  /** [nPoints, nInputs] */
  points: Float32Array;
  /** [nPoints], 0 … nClasses − 1 */
  labels: Int32Array;
}

/** [nClasses, nInputs]: random unit vectors, with the least similar of some draws kept, so that no two classes lie on each other. */
export function classCentres({ nClasses, nInputs, deviation, seed }: ClassClusters): Float32Array {
  for (const [name, value] of Object.entries({ nClasses, nInputs }))
    if (!Number.isInteger(value) || value < 1)
      throw new SaeConfigError(`${name} must be an integer of at least 1, but is ${value}`);
  if (!(deviation >= 0)) throw new SaeConfigError(`deviation must be at least 0, but is ${deviation}`);
  const rng = Rng.fromSeed(seed, 'class-centres');
  const centres = new Float32Array(nClasses * nInputs);
  for (let c = 0; c < nClasses; c++) {
    let least = Number.POSITIVE_INFINITY;
    for (let draw = 0; draw < N_DRAWS; draw++) {
      const candidate = unitVector(nInputs, rng);
      const similarity = highestCosine(candidate, centres.subarray(0, c * nInputs));
      if (similarity >= least) continue;
      least = similarity;
      centres.set(candidate, c * nInputs);
    }
  }
  return centres;
}

const N_DRAWS = 32;

/** nPoints points, their classes drawn uniformly. `stream` names the draw: the same one gives the same points. */
export function drawPoints(
  clusters: ClassClusters,
  { nPoints, stream }: { nPoints: number; stream: string },
): LabelledPoints {
  const rng = Rng.fromSeed(clusters.seed, `class-points/${stream}`);
  return drawAround(classCentres(clusters), { ...clusters, nPoints, rng });
}

/** The same around centres [nClasses, nInputs] that are there. */
export function drawAround(
  centres: Float32Array,
  { nClasses, nInputs, deviation, nPoints, rng }: Omit<ClassClusters, 'seed'> & { nPoints: number; rng: Rng },
): LabelledPoints {
  const points = new Float32Array(nPoints * nInputs);
  const labels = new Int32Array(nPoints);
  for (let p = 0; p < nPoints; p++) {
    const label = rng.int(nClasses);
    labels[p] = label;
    for (let d = 0; d < nInputs; d++) points[p * nInputs + d] = centres[label * nInputs + d] + deviation * rng.normal();
  }
  return { points, labels };
}

function unitVector(width: number, rng: Rng): Float32Array {
  const vector = new Float32Array(width).map(() => rng.normal());
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / norm);
}

function highestCosine(vector: Float32Array, others: Float32Array): number {
  let highest = -1;
  for (let at = 0; at < others.length; at += vector.length) {
    let dot = 0;
    for (let d = 0; d < vector.length; d++) dot += vector[d] * others[at + d];
    highest = Math.max(highest, dot);
  }
  return highest;
}
