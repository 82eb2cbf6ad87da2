import type { Run } from '@featurescope/contracts';
import { shortHookName } from '../ui/format.ts';

export const isSynthetic = (run: Run): boolean => run.source === 'synthetic';

/** What a run looks at, in a line: "featurescope-tiny · L3 resid_post", "Synthetic data · 8 truths in 4 dimensions". */
export function runSubject({ synthetic, modelName, hookName }: Run): string {
  if (synthetic === null) return `${modelName} · ${shortHookName(hookName)}`;
  return `Synthetic data · ${synthetic.words}`;
}
