import { architectureTitle, type ComparableRun, type ComparisonSide } from '@featurescope/contracts';
import { formatNumber, shortHookName } from '../ui/format.ts';

/** "TopK · 512 latents · seed 1 · step 400". */
export function describeSide(
  side: Pick<ComparisonSide, 'architecture' | 'nLatents' | 'seed'> & { step?: number | null },
): string {
  const parts = [architectureTitle(side.architecture), `${formatNumber(side.nLatents)} latents`, `seed ${side.seed}`];
  if (side.step !== null && side.step !== undefined) parts.push(`step ${formatNumber(side.step)}`);
  return parts.join(' · ');
}

export const describePlace = ({ modelName, hookName }: { modelName: string; hookName: string }) =>
  [modelName, shortHookName(hookName)].filter((part) => part !== '').join(' · ');

/** What runs differ in, for the choice's line. */
export const optionLabel = (run: ComparableRun) => `${run.name} (${describeSide(run)})`;
