import { expect, test } from 'vitest';
import { Rng } from '../rng.ts';
import { wideWorld } from '../testing/synthetic-worlds.ts';
import type { SumsSpec } from './synthetic-spec.ts';
import { parentsOf, truthActivity } from './truth-activity.ts';

const nSamples = 40_000;

/** Many samples' active truths. */
function drawMany(spec: SumsSpec): number[][] {
  const [rng, draw, active] = [Rng.fromSeed(4), truthActivity(spec), new Int32Array(spec.nTruths)];
  return Array.from({ length: nSamples }, () => [...active.subarray(0, draw(rng, active))]);
}

const share = (samples: number[][], holds: (active: Set<number>) => boolean) =>
  samples.filter((active) => holds(new Set(active))).length / samples.length;

/** Five standard deviations of a share of nSamples: chance is beyond it once in two million. */
const within = (p: number) => 5 * Math.sqrt((p * (1 - p)) / nSamples);

function expectShare(samples: number[][], holds: (active: Set<number>) => boolean, p: number): void {
  expect(Math.abs(share(samples, holds) - p)).toBeLessThan(within(p));
}

test('a range draws every number and every truth alike, without repeating one', () => {
  const samples = drawMany({ ...wideWorld, nTruths: 8, activity: { kind: 'range', min: 1, max: 3 } });
  for (const n of [1, 2, 3]) expectShare(samples, (active) => active.size === n, 1 / 3);
  for (let truth = 0; truth < 8; truth++) expectShare(samples, (active) => active.has(truth), 2 / 8);
  for (const active of samples) expect(active).toEqual([...new Set(active)].sort((a, b) => a - b));
});

test('independent truths fire with their own probability, together by chance only', () => {
  const activity = { kind: 'independent', probability: 0.4, decay: 0.5 } as const;
  const samples = drawMany({ ...wideWorld, nTruths: 6, activity });
  const p = (truth: number) => 0.4 * (truth + 1) ** -0.5;
  for (let truth = 0; truth < 6; truth++) expectShare(samples, (active) => active.has(truth), p(truth));
  expectShare(samples, (active) => active.has(0) && active.has(3), p(0) * p(3));
  expectShare(samples, (active) => active.has(4) && active.has(5), p(4) * p(5));
  const all = drawMany({ ...wideWorld, nTruths: 3, activity: { kind: 'independent', probability: 1, decay: 0 } });
  expect(all.every((active) => active.length === 3)).toBe(true);
});

test('correlated truths keep their probability and fire together within their group', () => {
  const samples = drawMany({
    ...wideWorld,
    nTruths: 6,
    activity: { kind: 'independent', probability: 0.5, decay: 0 },
    correlation: { groupSize: 3, strength: 0.3 },
  });
  for (let truth = 0; truth < 6; truth++) expectShare(samples, (active) => active.has(truth), 0.5);
  // Two normals of correlation ρ are both above 0 with probability ¼ + arcsin(ρ) / 2π (Sheppard 1899).
  const together = 0.25 + Math.asin(0.3) / (2 * Math.PI);
  expectShare(samples, (active) => active.has(0) && active.has(2), together);
  expectShare(samples, (active) => active.has(4) && active.has(5), together);
  expectShare(samples, (active) => active.has(2) && active.has(3), 0.25);
});

const tree = { nRoots: 2, nChildren: 2, depth: 2, childProbability: 0.4, exclusive: false };

test('trees are filled level by level, and what is left stands alone', () => {
  expect([...parentsOf(16, tree)]).toEqual([-1, -1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, -1, -1]);
  expect([...parentsOf(5, { ...tree, depth: 9 })]).toEqual([-1, -1, 0, 0, 1]);
});

test('children fire with their parents only', () => {
  const spec = { ...wideWorld, nTruths: 16, activity: { kind: 'independent', probability: 0.5, decay: 0 } as const };
  const samples = drawMany({ ...spec, hierarchy: tree });
  expect(share(samples, (active) => active.has(6) && !active.has(2))).toBe(0);
  expectShare(samples, (active) => active.has(2), 0.5 * 0.4);
  expectShare(samples, (active) => active.has(2) && active.has(3), 0.5 * 0.4 * 0.4);
  expectShare(samples, (active) => active.has(6), 0.5 * 0.4 * 0.4);
  expectShare(samples, (active) => active.has(15), 0.5);
  const exclusive = drawMany({ ...spec, hierarchy: { ...tree, exclusive: true } });
  expect(share(exclusive, (active) => active.has(2) && active.has(3))).toBe(0);
  expectShare(exclusive, (active) => active.has(2), 0.5 * 0.4);
  expectShare(exclusive, (active) => active.has(0) && !active.has(2) && !active.has(3), 0.5 * 0.2);
});
