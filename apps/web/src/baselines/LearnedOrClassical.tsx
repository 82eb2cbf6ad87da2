'use client';

import { SegmentedControl } from '../ui/SegmentedControl.tsx';

/** Whether the dictionary is trained, or found by a classical method. */
export function LearnedOrClassical({
  isClassical,
  onChange,
}: {
  isClassical: boolean;
  onChange: (isClassical: boolean) => void;
}) {
  return (
    <SegmentedControl
      label="How the dictionary is found"
      value={isClassical ? 'classical' : 'learned'}
      options={[
        { value: 'learned', label: 'Sparse autoencoder' },
        { value: 'classical', label: 'Classical baseline' },
      ]}
      onChange={(value) => onChange(value === 'classical')}
    />
  );
}
