import type { Run } from '@featurescope/contracts';

/** Where a run's activations come from, in a line; null for a dictionary that was trained elsewhere, or on synthetic data. */
export function activationWords({ origin, source, activations, storedActivations }: Run): string | null {
  if (origin === 'imported' || source === 'synthetic') return null;
  if (activations === 'stream') return 'Activations streamed from the model';
  if (storedActivations === null) return 'Activations stored';
  const { harvested, reused, harvestedAgain, notKept } = storedActivations;
  const parts = [
    `${harvested.toLocaleString('en-US')} harvested`,
    `${reused.toLocaleString('en-US')} reused`,
    harvestedAgain > 0 && `${harvestedAgain.toLocaleString('en-US')} harvested again`,
    notKept > 0 && `${notKept.toLocaleString('en-US')} not kept`,
  ];
  return `Activations stored: ${parts.filter(Boolean).join(', ')}`;
}
