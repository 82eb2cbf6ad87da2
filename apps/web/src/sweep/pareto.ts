import type { Run, RunArchitecture } from '@featurescope/contracts';
import { bestFvu, bestL0 } from '../runs/run-state.ts';

export interface ParetoPoint {
  run: Run;
  l0: number;
  fvu: number;
  /** No other run is both sparser and closer. */
  isBest: boolean;
}

/** Runs that have figures, the sparsest first. */
export function paretoPoints(runs: Run[]): ParetoPoint[] {
  const known = runs.flatMap((run) => {
    const [l0, fvu] = [bestL0(run), bestFvu(run)];
    return l0 === null || fvu === null ? [] : [{ run, l0, fvu }];
  });
  const beats = (a: { l0: number; fvu: number }, b: { l0: number; fvu: number }) =>
    a.l0 <= b.l0 && a.fvu <= b.fvu && (a.l0 < b.l0 || a.fvu < b.fvu);
  return known
    .map((point) => ({ ...point, isBest: !known.some((other) => beats(other, point)) }))
    .sort((a, b) => a.l0 - b.l0 || a.fvu - b.fvu);
}

/** The points of each architecture, in the order in which it first comes; the points of one keep theirs. */
export function byArchitecture(points: ParetoPoint[]): { architecture: RunArchitecture; points: ParetoPoint[] }[] {
  const groups = new Map<RunArchitecture, ParetoPoint[]>();
  for (const point of points)
    groups.set(point.run.architecture, [...(groups.get(point.run.architecture) ?? []), point]);
  return [...groups].map(([architecture, own]) => ({ architecture, points: own }));
}
