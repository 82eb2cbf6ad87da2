import type { Run } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { byArchitecture, paretoPoints } from './pareto.ts';

const run = (id: string, latest: [number, number] | null, heldOut?: [number, number]) =>
  ({
    id,
    latest: latest && { l0: latest[0], fvu: latest[1] },
    evaluation: heldOut ? { l0: heldOut[0], fvu: heldOut[1] } : null,
  }) as Run;

it('marks the runs that no other one beats at once in sparsity and in reconstruction', () => {
  const points = paretoPoints([
    run('dense', [60, 0.1]),
    run('beaten', [40, 0.3]),
    run('sparse', [10, 0.5]),
    run('middle', [40, 0.2]),
    run('no figures yet', null),
  ]);
  expect(points.map(({ run: { id }, isBest }) => [id, isBest])).toEqual([
    ['sparse', true],
    ['middle', true],
    ['beaten', false],
    ['dense', true],
  ]);
});

it('takes held-out figures before those of training, and lets twins both stand', () => {
  const points = paretoPoints([run('a', [1, 0.1], [20, 0.4]), run('b', [20, 0.4])]);
  expect(points.map(({ l0, fvu, isBest }) => [l0, fvu, isBest])).toEqual([
    [20, 0.4, true],
    [20, 0.4, true],
  ]);
});

it('groups points by architecture and keeps them in order within', () => {
  const of = (id: string, architecture: Run['architecture'], l0: number) => ({
    ...run(id, [l0, 1 / l0]),
    architecture,
  });
  const points = paretoPoints([of('c', 'topk', 30), of('b', 'gated', 20), of('a', 'topk', 10)]);
  expect(
    byArchitecture(points).map(({ architecture, points: own }) => [architecture, own.map((p) => p.run.id)]),
  ).toEqual([
    ['topk', ['a', 'c']],
    ['gated', ['b']],
  ]);
});
