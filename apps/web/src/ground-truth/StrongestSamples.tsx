import type { RecoveredFeature } from '@featurescope/contracts';
import { classNames } from '../ui/class-names.ts';
import { formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';

const shownTruths = 8;

/** The samples on which a feature fires most strongly, as bars: what each is made of, the truth it found in colour. */
export function StrongestSamples({ recovered }: { recovered: RecoveredFeature }) {
  const { samples, best } = recovered;
  const largest = Math.max(...samples.flatMap(({ truths }) => truths.map(({ magnitude }) => magnitude)), 0);
  return (
    <Panel
      flush
      title="Its strongest samples"
      aside={
        samples.length > 0 && (
          <>
            bars: magnitude of each <Term name="truth">truth</Term> in the sample, up to <Quantity value={largest} />
          </>
        )
      }
    >
      {samples.length === 0 ? (
        <p className="px-4 pb-4 text-ink-3">It fires on none of the samples.</p>
      ) : (
        <ol aria-label="Strongest samples">
          {samples.map(({ activation, truths }, i) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
              key={i}
              className="grid grid-cols-[4rem_minmax(0,1fr)] items-center gap-3 border-t border-line px-4 py-2"
            >
              <span className="numeric text-right font-mono text-[13px]" title={`activation ${activation}`}>
                {formatNumber(activation)}
              </span>
              <span className="flex flex-wrap gap-x-4 gap-y-1">
                {truths.slice(0, shownTruths).map((truth) => (
                  <TruthBar key={truth.index} {...truth} largest={largest} isBest={truth.index === best.index} />
                ))}
                {truths.length > shownTruths && (
                  <span className="text-xs text-ink-3">and {truths.length - shownTruths} smaller</span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
        Left: how strongly it fires. A feature that found its truth has truth {best.index} in every line.
      </p>
    </Panel>
  );
}

function TruthBar({
  index,
  magnitude,
  largest,
  isBest,
}: {
  index: number;
  magnitude: number;
  largest: number;
  isBest: boolean;
}) {
  return (
    <span className="flex items-center gap-1.5" title={`truth ${index}, magnitude ${magnitude}`}>
      <span className={classNames('font-mono text-xs', isBest ? 'font-semibold text-ink' : 'text-ink-3')}>{index}</span>
      <span className="h-2 w-16 overflow-hidden rounded-full bg-hover" aria-hidden>
        <span
          className={classNames('block h-full rounded-full', isBest ? 'bg-accent' : 'bg-neutral')}
          style={{ width: `${(magnitude / largest) * 100}%` }}
        />
      </span>
    </span>
  );
}
