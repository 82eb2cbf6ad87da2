import { expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { atOnce } from '../stepwise.ts';
import { classCentres, drawPoints } from './class-clusters.ts';
import { classProfile } from './class-purity.ts';
import { accuracy, classifierGradients, trainClassifier } from './small-classifier.ts';

it('has the gradients that finite differences have', () => {
  const rng = Rng.fromSeed(2);
  const normals = (length: number) => new Float32Array(length).map(() => rng.normal());
  const parameters = {
    hiddenWeights: normals(3 * 4),
    hiddenBias: normals(4),
    outputWeights: normals(4 * 2),
    outputBias: normals(2),
  };
  const data = { points: normals(6 * 3), labels: Int32Array.of(0, 1, 1, 0, 1, 0) };
  const { gradients } = classifierGradients(data, parameters);
  const h = 1e-3;
  for (const name of Object.keys(parameters) as (keyof typeof parameters)[]) {
    for (let at = 0; at < parameters[name].length; at++) {
      const lossWith = (shift: number) => {
        const moved = { ...parameters, [name]: parameters[name].slice() };
        moved[name][at] += shift;
        return classifierGradients(data, moved).loss;
      };
      // The loss passes through float32 activations: differences of 1e-3 are good to about 1e-4.
      expect(Math.abs((lossWith(h) - lossWith(-h)) / (2 * h) - gradients[name][at])).toBeLessThan(1e-3);
    }
  }
});

it('learns classes that lie apart', () => {
  const clusters = { nClasses: 4, nInputs: 3, deviation: 0.1, seed: 4 };
  const shape = { nInputs: 3, nHidden: 8, nClasses: 4 };
  const training = { shape, nSteps: 200, batchSize: 64, learningRate: 0.02, seed: 0 };
  const parameters = atOnce(trainClassifier(drawPoints(clusters, { nPoints: 1024, stream: 'a' }), training));
  expect(accuracy(drawPoints(clusters, { nPoints: 1000, stream: 'b' }), parameters)).toBeGreaterThan(0.99);
});

it('draws the same points for the same stream, around unit centres', () => {
  const clusters = { nClasses: 8, nInputs: 8, deviation: 0.07, seed: 1 };
  const centres = classCentres(clusters);
  for (let c = 0; c < 8; c++) expect(Math.hypot(...centres.subarray(c * 8, (c + 1) * 8))).toBeCloseTo(1, 5);
  const draw = (stream: string) => drawPoints(clusters, { nPoints: 50, stream });
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('a')).not.toEqual(draw('b'));
  expect(() => classCentres({ ...clusters, nClasses: 0 })).toThrow('nClasses must be');
});

it('measures purity as the largest class mean over the sum of the means', () => {
  // Unit 0 fires for class 0 alone; unit 1 with means 1 and 3; unit 2 never. Class 1 has twice as many points, which counts for nothing.
  const acts = Float32Array.of(2, 1, 0, 0, 3, 0, 0, 3, 0);
  const profile = classProfile(acts, Int32Array.of(0, 1, 1), 2);
  expect([...profile.purity]).toEqual([1, 0.75, 0]);
  expect([...profile.bestClass]).toEqual([0, 1, -1]);
  expect([...profile.firingShare].map((share) => Number(share.toFixed(3)))).toEqual([0.333, 1, 0]);
  // Weighted by the sums of the means, 2 and 4.
  expect(profile.weightedPurity).toBeCloseTo((2 * 1 + 4 * 0.75) / 6);
});
