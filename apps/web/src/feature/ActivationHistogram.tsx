'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import { Histogram } from '../charts/Histogram.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Term } from '../ui/Term.tsx';

const bandNames = ['0–25', '25–50', '50–75', '75–100'];

/** How strongly it fires, token by token, with the quarters of its peaks shaded. */
export function ActivationHistogram({ feature }: { feature: FeatureDetail }) {
  const { edges, counts } = feature.histogram;
  if (counts.length === 0) return null;
  const borders = feature.quantileBorders;
  const bands =
    borders.length === 5
      ? bandNames
          .map((label, i) => ({ label, from: borders[i], to: borders[i + 1] }))
          .filter((band) => band.to > band.from)
      : [];
  return (
    <Panel title="How strongly it fires" aside="log count">
      <Histogram label="Firing tokens by activation" edges={edges} counts={counts} bands={bands} />
      <p className="mt-1 text-xs text-ink-3">
        Across: <Term name="activation">activation</Term>. Up: {feature.recovered ? 'samples' : 'tokens'}.
        {bands.length > 0 && (
          <>
            {' '}
            Above: <Term name="bands">quarters of its peaks</Term>.
          </>
        )}
      </p>
    </Panel>
  );
}
