import { formatNumber } from '../../ui/format.ts';
import type { ExplorerSnapshot } from '../worker/explorer-experiment.ts';

/** One input's hidden activations, and beside each what the dictionary makes of it. */
export function InputReconstruction({ snapshot, row }: { snapshot: ExplorerSnapshot; row: number }) {
  const { inputs, reconstruction, nHidden, classes } = snapshot;
  const at = (values: Float32Array) => values.subarray(row * nHidden, (row + 1) * nHidden);
  const [truth, rebuilt] = [at(inputs), at(reconstruction)];
  const highest = Math.max(...truth, ...rebuilt, 1e-6);
  const error = truth.reduce((sum, value, h) => sum + (value - rebuilt[h]) ** 2, 0);
  const size = truth.reduce((sum, value) => sum + value ** 2, 0);
  return (
    <div>
      <div
        className="flex h-28 items-end gap-1"
        role="img"
        aria-label={`Neurons of input ${row + 1} and their reconstruction`}
      >
        {Array.from(truth, (value, h) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its neuron
          <span key={h} className="relative h-full flex-1 rounded-sm bg-sunken">
            <span
              className="absolute inset-x-0 bottom-0 rounded-sm bg-line-strong"
              style={{ height: `${(100 * value) / highest}%` }}
            />
            <span
              className="absolute inset-x-0 h-[3px] rounded-sm bg-accent"
              style={{ bottom: `calc(${(100 * Math.max(0, rebuilt[h])) / highest}% - 1.5px)` }}
            />
          </span>
        ))}
      </div>
      <p className="numeric mt-2 text-xs text-ink-3">
        Input {row + 1}, class {classes[row] + 1}: the 16 neurons as grey bars, the reconstruction as lines. Squared
        error {formatNumber(size > 0 ? error / size : 0)} of the squared length.
      </p>
    </div>
  );
}
