import { drawPoints, type LabelledPoints } from '../ground-truth/class-clusters.ts';
import { type ClassProfile, classProfile } from '../ground-truth/class-purity.ts';
import { trainedClassifier } from '../ground-truth/class-world.ts';
import { accuracy, type ClassifierParameters, hiddenActivations } from '../ground-truth/small-classifier.ts';
import type { ClassesSpec } from '../ground-truth/synthetic-spec.ts';
import { atOnce } from '../stepwise.ts';
import { classTask, N_CLASSES, N_HIDDEN } from './settings.ts';

const N_POINTS = 4096;

/** A small classifier at work: its hidden activations, and what there is to compare a dictionary of them with. */
export interface ClassTask {
  classifier: ClassifierParameters;
  /** On fresh points. */
  accuracy: number;
  /** Hidden activations of the training points, [nPoints, N_HIDDEN]. */
  rows: Float32Array;
  /** Hidden activations of points that neither the classifier nor the dictionary has seen, with their classes. */
  fresh: { rows: Float32Array; labels: Int32Array };
  /** The neurons themselves on the fresh points. */
  neurons: ClassProfile;
  /** FVU on the fresh points when each is replaced by its class's mean over the training points. */
  classMeansFvu: number;
}

/** Eight classes in eight dimensions, so far apart that the classifier makes no mistake, and a noise that leaves 3% of the hidden
 *  variance within the classes: 16 neurons must share 8 classes, and a dictionary can take them apart. The same seed gives the same task. */
export function createClassTask(seed: number): ClassTask {
  const spec: ClassesSpec = { ...classTask, nSamples: null, seed };
  const fresh = drawPoints(spec, { nPoints: N_POINTS, stream: 'fresh' });
  const { classifier, training, rows } = atOnce(trainedClassifier(spec));
  const freshRows = hiddenActivations(fresh.points, classifier);
  return {
    classifier,
    accuracy: accuracy(fresh, classifier),
    rows,
    fresh: { rows: freshRows, labels: fresh.labels },
    neurons: classProfile(freshRows, fresh.labels, N_CLASSES),
    classMeansFvu: classMeansFvu({ rows, labels: training.labels }, { rows: freshRows, labels: fresh.labels }),
  };
}

type Labelled = { rows: Float32Array; labels: LabelledPoints['labels'] };

function classMeansFvu(training: Labelled, fresh: Labelled): number {
  const sums = new Float64Array(N_CLASSES * N_HIDDEN);
  const counts = new Float64Array(N_CLASSES);
  const freshMean = new Float64Array(N_HIDDEN);
  training.labels.forEach((label, p) => {
    counts[label]++;
    for (let h = 0; h < N_HIDDEN; h++) sums[label * N_HIDDEN + h] += training.rows[p * N_HIDDEN + h];
  });
  fresh.rows.forEach((value, at) => {
    freshMean[at % N_HIDDEN] += value / fresh.labels.length;
  });
  let [error, variance] = [0, 0];
  fresh.labels.forEach((label, p) => {
    for (let h = 0; h < N_HIDDEN; h++) {
      const value = fresh.rows[p * N_HIDDEN + h];
      error += (value - sums[label * N_HIDDEN + h] / Math.max(1, counts[label])) ** 2;
      variance += (value - freshMean[h]) ** 2;
    }
  });
  return error / variance;
}
