import type { Rng } from '../rng.ts';
import type { Stepwise } from '../stepwise.ts';
import { classCentres, drawAround, drawPoints, type LabelledPoints } from './class-clusters.ts';
import { type ClassifierParameters, hiddenActivations, trainClassifier } from './small-classifier.ts';
import type { ClassesSpec } from './synthetic-spec.ts';
import type { SyntheticSamples, World } from './world.ts';

/** Points that the classifier is trained on, and that the class means are of. */
const N_POINTS = 4096;

/** A classifier of one hidden layer that has learnt to tell clusters of points apart. */
export interface TrainedClassifier {
  classifier: ClassifierParameters;
  training: LabelledPoints;
  /** Hidden activations of the training points, [nPoints, nHidden]. */
  rows: Float32Array;
}

/** The same spec gives the same classifier. Throws SaeConfigError. */
export function* trainedClassifier({
  nClasses,
  nInputs,
  nHidden,
  deviation,
  seed,
}: ClassesSpec): Stepwise<TrainedClassifier> {
  const training = drawPoints({ nClasses, nInputs, deviation, seed }, { nPoints: N_POINTS, stream: 'training' });
  const classifier = yield* trainClassifier(training, {
    shape: { nInputs, nHidden, nClasses },
    nSteps: 300,
    batchSize: 128,
    learningRate: 0.01,
    seed,
  });
  return { classifier, training, rows: hiddenActivations(training.points, classifier) };
}

/** Samples are the hidden activations of fresh points. Each class is a truth: the direction of its mean activation over the points that
 *  the classifier was trained on, active in every sample of the class with the sample's projection on it as magnitude. Throws
 *  SaeConfigError. */
export function* classWorld(spec: ClassesSpec): Stepwise<World> {
  const { nClasses, nHidden } = spec;
  const { classifier, training, rows: trainingRows } = yield* trainedClassifier(spec);
  const truths = classDirections(trainingRows, training.labels, { nClasses, nHidden });
  const centres = classCentres(spec);
  const draw = (rng: Rng, nRows: number): SyntheticSamples => {
    const { points, labels: classes } = drawAround(centres, { ...spec, nPoints: nRows, rng });
    const rows = hiddenActivations(points, classifier);
    const rowOffsets = new Int32Array(nRows + 1);
    const indices: number[] = [];
    const values: number[] = [];
    for (let r = 0; r < nRows; r++) {
      let magnitude = 0;
      for (let h = 0; h < nHidden; h++) magnitude += rows[r * nHidden + h] * truths[classes[r] * nHidden + h];
      if (magnitude > 0) {
        indices.push(classes[r]);
        values.push(magnitude);
      }
      rowOffsets[r + 1] = indices.length;
    }
    const acts = { nRows, rowOffsets, indices: Int32Array.from(indices), values: Float32Array.from(values) };
    return { rows, acts, classes };
  };
  return { dModel: nHidden, truths, nClasses, draw };
}

/** [nClasses, nHidden], unit rows; zeros for a class whose points activate nothing. */
function classDirections(
  rows: Float32Array,
  labels: Int32Array,
  { nClasses, nHidden }: { nClasses: number; nHidden: number },
): Float32Array {
  const sums = new Float64Array(nClasses * nHidden);
  labels.forEach((label, p) => {
    for (let h = 0; h < nHidden; h++) sums[label * nHidden + h] += rows[p * nHidden + h];
  });
  const norms = Array.from({ length: nClasses }, (_, c) =>
    Math.max(Number.MIN_VALUE, Math.hypot(...sums.subarray(c * nHidden, (c + 1) * nHidden))),
  );
  return Float32Array.from(sums, (sum, at) => sum / norms[Math.floor(at / nHidden)]);
}
