import type { ComparableRun } from '@featurescope/contracts';

/** Finished runs by the activations that they are of, where there are two or more sizes; from small to large. */
export function ladderGroups(runs: ComparableRun[]): { place: string; runs: ComparableRun[] }[] {
  const groups = new Map<string, ComparableRun[]>();
  for (const run of runs) {
    if (!run.hasDictionary) continue;
    groups.set(run.place, [...(groups.get(run.place) ?? []), run]);
  }
  return [...groups]
    .filter(([, own]) => new Set(own.map(({ nLatents }) => nLatents)).size > 1)
    .map(([place, own]) => ({ place, runs: own.sort((x, y) => x.nLatents - y.nLatents) }));
}
