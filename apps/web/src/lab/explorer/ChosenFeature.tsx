import { formatFixed, formatShare } from '../../ui/format.ts';
import { classColour } from '../ui/feature-colour.ts';
import { ValueBars } from '../ui/ValueBars.tsx';
import type { ExplorerSnapshot } from '../worker/explorer-experiment.ts';

/** What the feature of a column stands for. */
export function ChosenFeature({ snapshot, column }: { snapshot: ExplorerSnapshot; column: number }) {
  const { latents, bestClass, purity, firingShare, classMeans } = snapshot;
  const means = classMeans.subarray(column * 8, (column + 1) * 8);
  return (
    <div data-testid="chosen-feature">
      <p className="mb-2">
        Feature {latents[column]} stands for{' '}
        <strong className="font-semibold" style={{ color: classColour(bestClass[column]) }}>
          class {bestClass[column] + 1}
        </strong>
        : {formatShare(Number(purity[column].toFixed(3)))} of its mean activation lies there. It fires on{' '}
        {formatShare(Number(firingShare[column].toFixed(4)))} of the points.
      </p>
      <ValueBars
        label={`Mean activation of feature ${latents[column]} by class`}
        values={means}
        highest={Math.max(...means, 1e-6)}
        colourOf={classColour}
        nameOf={(c) => `c${c + 1}`}
      />
      <p className="mt-2 text-xs text-ink-3">Mean activation by class; purity {formatFixed(purity[column], 3)}.</p>
    </div>
  );
}
