import { expect, test } from 'vitest';
import { atOnce } from '../stepwise.ts';
import { classTask } from '../toy/settings.ts';
import { ClassActivity, classPurity } from './class-purity.ts';
import { trainedClassifier } from './class-world.ts';
import { accuracy } from './small-classifier.ts';
import { SyntheticData } from './synthetic-data.ts';
import type { ClassesSpec } from './synthetic-spec.ts';

const spec: ClassesSpec = { ...classTask, nSamples: 4096, seed: 3 };

test('samples are hidden activations, and each belongs to one class whose mean they point along', () => {
  const data = SyntheticData.create(spec);
  expect([data.nTruths, data.dModel, data.nClasses]).toEqual([8, 16, 8]);
  const { rows, acts, classes } = data.samples('evaluation', 1000, 2000);
  if (classes === null) throw new Error('the samples have no classes');
  expect(acts.indices).toEqual(classes);
  expect(new Set(classes).size).toBe(8);
  expect(Math.min(...rows)).toBe(0);
  let [within, energy] = [0, 0];
  for (let r = 0; r < 2000; r++) {
    const row = rows.subarray(r * 16, r * 16 + 16);
    const truth = data.truths.subarray(classes[r] * 16, classes[r] * 16 + 16);
    expect(acts.values[r]).toBeCloseTo(
      row.reduce((sum, value, h) => sum + value * truth[h], 0),
      5,
    );
    row.forEach((value, h) => {
      within += (value - acts.values[r] * truth[h]) ** 2;
      energy += value ** 2;
    });
  }
  // The spread within classes is 3% of the variance; off the class's own direction there is less.
  expect(within / energy).toBeLessThan(0.03);
});

test('the classifier tells the classes of fresh samples apart, and the same seed gives the same one', () => {
  const { classifier, training } = atOnce(trainedClassifier(spec));
  expect(accuracy(training, classifier)).toBeGreaterThan(0.99);
  expect(atOnce(trainedClassifier(spec)).classifier).toEqual(classifier);
  expect(atOnce(trainedClassifier({ ...spec, seed: 4 })).classifier).not.toEqual(classifier);
});

test('a batch and its classes follow from seed and number alone, however they are cut', () => {
  const [one, other] = [SyntheticData.create(spec), SyntheticData.create(spec)];
  one.trainingBatch(2, 300);
  const whole = one.samples('evaluation', 900, 400);
  const parts = [other.samples('evaluation', 900, 150), other.samples('evaluation', 1050, 250)];
  expect([...parts[0].rows, ...parts[1].rows]).toEqual([...whole.rows]);
  expect([...(parts[0].classes ?? []), ...(parts[1].classes ?? [])]).toEqual([...(whole.classes ?? [])]);
});

test('purity counts classes alike, units of 1% and more as alive, and weighs by activation', () => {
  const activity = new ClassActivity(3, 2);
  // 300 points of class 0, 100 of class 1.
  for (let p = 0; p < 400; p++) {
    const label = p < 300 ? 0 : 1;
    activity.addPoint(label);
    activity.addActivation(0, label, label === 0 ? 2 : 0);
    activity.addActivation(1, label, 1);
    if (p < 3) activity.addActivation(2, label, 3);
  }
  const profile = activity.profile();
  expect([...profile.purity]).toEqual([1, 0.5, 1]);
  expect([...profile.firingShare].map((share) => Number(share.toFixed(4)))).toEqual([0.75, 1, 0.0075]);
  // Sums of class means 2, 2 and .03.
  const weightedPurity = (2 + 0.5 * 2 + 0.03) / 4.03;
  const { weightedPurity: weighted, ...others } = classPurity(profile);
  expect(others).toEqual({ nAlive: 2, worstPurity: 0.5, meanPurity: 0.75, nClassesFound: 1 });
  expect(weighted).toBeCloseTo(weightedPurity, 6);
});

test.each<[Partial<ClassesSpec>, string]>([
  [{ nClasses: 1 }, 'nClasses must be a number of at least 2, but is 1'],
  [{ nHidden: 1.5 }, 'nHidden must be an integer, but is 1.5'],
  [{ deviation: -1 }, 'deviation must be a number of at least 0, but is -1'],
  [{ nSamples: 0 }, 'nSamples must be a number of at least 1, but is 0'],
])('refuses %o', (change, message) => {
  expect(() => SyntheticData.create({ ...spec, ...change })).toThrow(message);
});
