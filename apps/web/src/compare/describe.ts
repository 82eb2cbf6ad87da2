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

/** "featurescope-tiny · block 2 · resid_post", or "Synthetic data · 8 truths in 4 dimensions, data seed 0". */
export const describePlace = ({
  modelName,
  hookName,
  world,
}: Pick<ComparisonSide, 'modelName' | 'hookName' | 'world'>) =>
  (world === null ? [modelName, shortHookName(hookName)] : ['Synthetic data', world])
    .filter((part) => part !== '')
    .join(' · ');

/** What runs differ in, for the choice's line. */
export const optionLabel = (run: ComparableRun) => `${run.name} (${describeSide(run)})`;
