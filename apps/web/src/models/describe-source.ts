import type { ModelSource } from '@featurescope/contracts';

/** Where a model comes from, in a line: a path, or a name on the hub and the commit. */
export function describeSource(source: ModelSource): string {
  if (source.kind !== 'hub') return source.path;
  const place = [source.repo, source.path].filter(Boolean).join('/');
  return source.revision ? `${place} at ${shortRevision(source.revision)}` : place;
}

/** A commit as people write it; a branch or tag as it is. */
const shortRevision = (revision: string) => (/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision);

export const kindNames = { directory: 'Directory', gguf: 'GGUF file', hub: 'Hub' } as const;
