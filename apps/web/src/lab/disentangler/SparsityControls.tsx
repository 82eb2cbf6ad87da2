'use client';

import { SegmentedControl } from '../../ui/SegmentedControl.tsx';
import type { SettingsOf } from '../lab-settings.ts';
import { LabSlider, logScale } from '../ui/LabSlider.tsx';
import { SeedControl } from '../ui/SeedControl.tsx';
import type { disentanglerFields } from './settings.ts';

type Settings = SettingsOf<typeof disentanglerFields>;

const l1Scale = logScale(0.01, 2, 40);

/** Which dictionary, and how sparse. */
export function SparsityControls({
  settings,
  change,
}: {
  settings: Settings;
  change: (changes: Partial<Settings>) => void;
}) {
  const { architecture, k, l1, start, seed } = settings;
  return (
    <>
      <SegmentedControl
        label="Dictionary"
        value={architecture}
        onChange={(next) => change({ architecture: next, start: next === 'topk' ? 'dataPoints' : 'random' })}
        options={[
          { value: 'topk', label: 'TopK' },
          { value: 'standard', label: 'ReLU + L1' },
        ]}
      />
      {architecture === 'topk' ? (
        <LabSlider
          label="k"
          value={k}
          min={1}
          max={12}
          step={1}
          shown={`${k} active`}
          ends={['sparse', 'dense']}
          onChange={(next) => change({ k: next })}
        />
      ) : (
        <LabSlider
          label="L1 coefficient"
          value={l1}
          min={0.01}
          max={2}
          step={0.01}
          scale={l1Scale}
          ends={['dense', 'sparse']}
          onChange={(next) => change({ l1: next })}
        />
      )}
      <div>
        <p className="mb-1 font-medium">Directions at the start</p>
        <SegmentedControl
          label="Directions at the start"
          value={start}
          onChange={(next) => change({ start: next })}
          options={[
            { value: 'dataPoints', label: 'Data points' },
            { value: 'random', label: 'Random' },
          ]}
        />
      </div>
      <SeedControl seed={seed} onChange={(next) => change({ seed: next })} />
    </>
  );
}
