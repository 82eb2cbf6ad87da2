import type { ComparableRun } from '@featurescope/contracts';

/** Finished runs by model and hook, of the places that have two or more sizes; within a place from small to large. */
export function ladderGroups(runs: ComparableRun[]): { key: string; runs: ComparableRun[] }[] {
  const groups = new Map<string, ComparableRun[]>();
  for (const run of runs) {
    if (!run.hasDictionary) continue;
    const key = `${run.modelName}\n${run.hookName}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups]
    .filter(([, own]) => new Set(own.map(({ nLatents }) => nLatents)).size > 1)
    .map(([key, own]) => ({ key, runs: own.sort((x, y) => x.nLatents - y.nLatents) }));
}
