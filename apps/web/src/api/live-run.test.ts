import type { MetricPoint, Run, StoredEvent } from '@featurescope/contracts';
import { describe, expect, it } from 'vitest';
import { mergeMetrics } from './live-metrics.ts';
import { applyRunEvents } from './live-run.ts';

const at = '2026-01-01T00:00:00.000Z';
const metric = (step: number, fvu = 0.5): MetricPoint => ({
  step,
  tokens: step * 1024,
  loss: 1,
  mse: 1,
  fvu,
  l0: 32,
  l1: 1,
  auxLoss: 0,
  deadShare: 0,
  gradNorm: 1,
  learningRate: 0.001,
  tokensPerSecond: null,
});
const run = {
  lastSeq: 3,
  step: 10,
  status: 'running',
  stage: 'train',
  progress: null,
  latest: null,
  evaluation: null,
  fvuSparkline: [0.9],
} as unknown as Run;
const events: StoredEvent[] = [
  { seq: 3, at, type: 'status', payload: { status: 'queued', stage: 'prepare' } },
  { seq: 4, at, type: 'metrics', payload: metric(12, 0.4) },
  { seq: 5, at, type: 'status', payload: { status: 'paused', stage: 'train' } },
];

describe('applyRunEvents', () => {
  it('applies what is newer and leaves out what the run already holds', () => {
    const next = applyRunEvents(run, events);
    expect(next).toMatchObject({ status: 'paused', stage: 'train', step: 12, lastSeq: 5, fvuSparkline: [0.9, 0.4] });
    expect(next.latest?.fvu).toBe(0.4);
  });

  it('changes nothing when events come a second time', () => {
    const once = applyRunEvents(run, events);
    expect(applyRunEvents(once, events)).toEqual(once);
  });
});

describe('mergeMetrics', () => {
  const steps = (points: MetricPoint[]) => points.map((point) => point.step);

  it('appends, and lets repeated steps of a resumed run win over the earlier ones', () => {
    expect(steps(mergeMetrics([metric(1), metric(2)], [metric(3)]))).toEqual([1, 2, 3]);
    const resumed = mergeMetrics([metric(1), metric(2), metric(3)], [metric(2, 0.1), metric(3, 0.1), metric(4)]);
    expect(steps(resumed)).toEqual([1, 2, 3, 4]);
    expect(resumed[1].fvu).toBe(0.1);
  });

  it('stays bounded, keeps its newest half whole and its order', () => {
    let points: MetricPoint[] = [];
    for (let from = 0; from < 20_000; from += 500)
      points = mergeMetrics(
        points,
        Array.from({ length: 500 }, (_, i) => metric(from + i)),
      );
    expect(points.length).toBeLessThanOrEqual(4000);
    expect(points.at(-1)?.step).toBe(19_999);
    expect(points.every((point, i) => i === 0 || point.step > points[i - 1].step)).toBe(true);
  });
});
