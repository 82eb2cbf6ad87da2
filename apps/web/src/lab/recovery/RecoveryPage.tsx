'use client';

import { fewTruths } from '@featurescope/sae/toy/settings';
import { formatFixed } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { type LabArchitecture, sparsityFields } from '../architectures.ts';
import { syntheticRunHref } from '../run-link.ts';
import { LabPage } from '../ui/LabPage.tsx';
import { LabSlider, logScale } from '../ui/LabSlider.tsx';
import { SeedControl } from '../ui/SeedControl.tsx';
import { TrainingBar } from '../ui/TrainingBar.tsx';
import { useExperiment } from '../use-experiment.ts';
import { useLabSettings } from '../use-lab-settings.ts';
import { ArchitectureChoice } from './ArchitectureChoice.tsx';
import { DiamondAndCircle } from './DiamondAndCircle.tsx';
import { LanePanel } from './LanePanel.tsx';
import { NormPanel } from './NormPanel.tsx';
import { recoveryFields } from './settings.ts';

/** As here: 1,000 steps of 256. */
const recoveryTraining = { nTokens: 256_000, batchSize: 256, learningRate: 0.01 };
const l1Scale = logScale(0.01, 3, 40);

export function RecoveryPage() {
  const [settings, change] = useLabSettings(recoveryFields);
  const { k, l1, latents, active, seed } = settings;
  const architectures = settings.architectures.split(',') as LabArchitecture[];
  const sparsity = { k: Math.min(k, latents), l1Coefficient: l1 };
  const { snapshot, training, error } = useExperiment('recovery', {
    architectures,
    ...sparsity,
    nLatents: latents,
    mostActive: active,
    seed,
  });
  return (
    <LabPage
      title="Recovery: does a dictionary find what is really there?"
      lookFor={
        <p>
          Eight directions are hidden in four dimensions; each row adds up one to {active} of them. Here the right
          answer is known, so watch the <strong>cosine of each truth with its best latent</strong>. Mind the line:{' '}
          {latents} random directions alone reach {snapshot ? formatFixed(snapshot.random, 2) : '…'}. A small error is
          not the same as a found truth: compare how <strong>L1 shrinks</strong> what it finds while TopK keeps the
          length.
        </p>
      }
      error={error}
      isTall
      runHref={syntheticRunHref({
        generator: fewTruths(active, seed),
        dictionary: {
          architecture: architectures[0],
          ...sparsityFields(architectures[0], sparsity),
          nLatents: latents,
          ...recoveryTraining,
        },
      })}
      controls={
        <>
          <TrainingBar
            training={training}
            step={snapshot ? Math.min(...snapshot.lanes.map((lane) => lane.step)) : 0}
            nSteps={snapshot?.nSteps ?? 0}
          />
          <ArchitectureChoice chosen={architectures} onChange={(next) => change({ architectures: next.join(',') })} />
          <LabSlider
            label="k"
            value={k}
            min={1}
            max={8}
            step={1}
            shown={`${k} active`}
            ends={['sparse', 'dense']}
            onChange={(next) => change({ k: next })}
          />
          <LabSlider
            label="L1 coefficient"
            value={l1}
            min={0.01}
            max={3}
            step={0.01}
            scale={l1Scale}
            ends={['weak', 'strong']}
            onChange={(next) => change({ l1: next })}
          />
          <LabSlider
            label="Latents"
            value={latents}
            min={4}
            max={64}
            step={4}
            onChange={(next) => change({ latents: next })}
          />
          <LabSlider
            label="Truths in a row"
            value={active}
            min={1}
            max={6}
            step={1}
            shown={active === 1 ? 'one' : `1 to ${active}`}
            onChange={(next) => change({ active: next })}
          />
          <SeedControl seed={seed} onChange={(next) => change({ seed: next })} />
        </>
      }
      stage={
        <div className="grid gap-4 xl:grid-cols-2">
          {snapshot?.lanes.map((lane) => (
            <LanePanel key={lane.architecture} lane={lane} random={snapshot.random} nSteps={snapshot.nSteps} />
          ))}
        </div>
      }
    >
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Panel title="Why L1 and not L2">
          <DiamondAndCircle />
        </Panel>
        <NormPanel l1Coefficient={l1} seed={seed} />
      </div>
    </LabPage>
  );
}
