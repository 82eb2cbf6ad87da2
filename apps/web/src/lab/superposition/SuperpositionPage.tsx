'use client';

import { formatFixed, formatNumber, formatShare } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { SegmentedControl } from '../../ui/SegmentedControl.tsx';
import { Arrows2d } from '../ui/Arrows2d.tsx';
import { Arrows3d } from '../ui/Arrows3d.tsx';
import { classColour } from '../ui/feature-colour.ts';
import { HeatMap } from '../ui/HeatMap.tsx';
import { LabFigures } from '../ui/LabFigures.tsx';
import { LabPage } from '../ui/LabPage.tsx';
import { LabSlider, sparsityScale } from '../ui/LabSlider.tsx';
import { MiniChart } from '../ui/MiniChart.tsx';
import { SeedControl } from '../ui/SeedControl.tsx';
import { TrainingBar } from '../ui/TrainingBar.tsx';
import { ValueBars } from '../ui/ValueBars.tsx';
import { useExperiment } from '../use-experiment.ts';
import { useLabSettings } from '../use-lab-settings.ts';
import type { SuperpositionSnapshot } from '../worker/superposition-experiment.ts';
import { PhaseDiagram } from './PhaseDiagram.tsx';
import { superpositionFields } from './settings.ts';
import { superposedRunHref } from './superposed-run-href.ts';

export function SuperpositionPage() {
  const [settings, change] = useLabSettings(superpositionFields);
  const { n, m, sparsity, importance, output, seed } = settings;
  const { snapshot, training, error } = useExperiment('superposition', {
    nFeatures: n,
    nDims: m,
    sparsity,
    importanceDecay: importance,
    leastMagnitude: 0,
    output,
    seed,
  });
  const phase = useExperiment('phase', { output, seed });
  return (
    <LabPage
      title="Superposition: more features than dimensions"
      lookFor={
        <p>
          A network must pass {n} features through {m === 1 ? 'one dimension' : `${m} dimensions`} and read them out
          again. Each arrow is where a feature lives in that space. With a <strong>linear</strong> output it does what
          principal components do: the most important features get a dimension each, the rest get nothing. With a{' '}
          <strong>ReLU</strong> and <strong>rare</strong> features it keeps nearly all of them, at angles to each other,
          and pays a little interference. Move the sparsity and watch the arrows part.
        </p>
      }
      error={error ?? phase.error}
      runHref={superposedRunHref({
        nTruths: n,
        dModel: m,
        ...{ sparsity, importanceDecay: importance, leastMagnitude: 0, output, seed },
      })}
      controls={
        <>
          <TrainingBar training={training} step={snapshot?.step ?? 0} nSteps={snapshot?.nSteps ?? 0} />
          <SegmentedControl
            label="Output"
            value={output}
            onChange={(next) => change({ output: next })}
            options={[
              { value: 'linear', label: 'Linear output' },
              { value: 'relu', label: 'ReLU output' },
            ]}
          />
          <LabSlider
            label="Sparsity"
            value={sparsity}
            min={0}
            max={0.99}
            step={0.01}
            scale={sparsityScale}
            shown={`active in ${formatShare(Number((1 - sparsity).toFixed(3)))}`}
            ends={['always', 'rarely active']}
            onChange={(next) => change({ sparsity: next })}
          />
          <LabSlider
            label="Importance"
            value={importance}
            min={0.3}
            max={1}
            step={0.05}
            shown={importance === 1 ? 'all alike' : `each × ${formatFixed(importance, 2)}`}
            ends={['steep', 'all alike']}
            onChange={(next) => change({ importance: next })}
          />
          <LabSlider label="Features" value={n} min={2} max={16} step={1} onChange={(next) => change({ n: next })} />
          <LabSlider label="Dimensions" value={m} min={1} max={3} step={1} onChange={(next) => change({ m: next })} />
          <SeedControl seed={seed} onChange={(next) => change({ seed: next })} />
        </>
      }
      stage={
        <div className="grid gap-4 xl:grid-cols-2">
          <Panel title="Where each feature lives" aside="dashed circle: length 1">
            {snapshot ? <Directions snapshot={snapshot} /> : <div className="aspect-square max-w-[26rem]" />}
          </Panel>
          <Panel title="Who answers to whom: WᵀW" aside="red: same direction, blue: opposite">
            {snapshot && <Gram snapshot={snapshot} />}
          </Panel>
        </div>
      }
    >
      {snapshot && (
        <>
          <LabFigures
            figures={[
              {
                name: 'Features kept',
                meaning: 'Features whose direction has a squared length of at least ½.',
                value: `${snapshot.nRepresented} of ${snapshot.nFeatures}`,
                note: `in ${snapshot.nDims} dimension${snapshot.nDims === 1 ? '' : 's'}`,
              },
              {
                name: 'Dimensions per feature',
                meaning:
                  'm / ‖W‖²: dimensions over the summed squared lengths. 1 is one dimension each, ½ two features in each.',
                value: formatNumber(snapshot.dimensionsPerFeature),
              },
              {
                name: 'Interference',
                meaning:
                  'Mean over features of Σ (ŵᵢ·Wⱼ)² over the others: how strongly others are heard when a feature is read.',
                value: formatFixed(mean(snapshot.interference), 2),
              },
              {
                name: 'Loss',
                meaning:
                  'Squared error of the read-out, weighted by importance, summed over features; smoothed over steps.',
                value: formatNumber(snapshot.loss.at(-1)?.[1]),
              },
            ]}
          />
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-4">
              <Panel title="Share of a dimension, feature by feature" aside="1 is a dimension of its own">
                <ValueBars
                  label="Dimensionality of each feature"
                  values={snapshot.dimensionality}
                  highest={1}
                  colourOf={classColour}
                />
              </Panel>
              <Panel title="Interference, feature by feature" aside="0 is none">
                <ValueBars
                  label="Interference of each feature"
                  values={snapshot.interference}
                  highest={Math.max(1, ...snapshot.interference)}
                  colourOf={classColour}
                />
              </Panel>
              <Panel title="Loss">
                <MiniChart
                  label="Loss over the steps"
                  lastX={snapshot.nSteps}
                  curves={[{ label: 'loss', colour: 'var(--accent)', points: snapshot.loss }]}
                />
              </Panel>
            </div>
            <Panel
              title="The phase diagram: two features, one dimension"
              aside={
                phase.snapshot && !phase.isDone
                  ? `${phase.snapshot.nDone} of ${phase.snapshot.cells.length} trained`
                  : 'trained here'
              }
            >
              {phase.snapshot && <PhaseDiagram snapshot={phase.snapshot} sparsity={sparsity} importance={importance} />}
              <p className="mt-2 text-xs text-ink-3">
                Every cell is a model of its own, trained in this browser: what becomes of a second feature that is more
                (above) or less important than the first. The change is abrupt, as in matter. The lines mark the
                sliders.
              </p>
            </Panel>
          </div>
        </>
      )}
    </LabPage>
  );
}

function Directions({ snapshot }: { snapshot: SuperpositionSnapshot }) {
  const { weights, nFeatures, nDims, nRepresented } = snapshot;
  const label = `Directions of ${nFeatures} features, ${nRepresented} of them kept`;
  const coordinate = (i: number, d: number) => (d < nDims ? weights[i * nDims + d] : 0);
  const features = Array.from({ length: nFeatures }, (_, i) => i);
  if (nDims < 3) return <Arrows2d label={label} points={features.map((i) => [coordinate(i, 0), coordinate(i, 1)])} />;
  return (
    <Arrows3d label={label} points={features.map((i) => [coordinate(i, 0), coordinate(i, 1), coordinate(i, 2)])} />
  );
}

function Gram({ snapshot }: { snapshot: SuperpositionSnapshot }) {
  return (
    <div className="mx-auto max-w-[26rem]">
      <HeatMap
        label="WᵀW: how strongly each feature answers to each other"
        values={snapshot.gram}
        nColumns={snapshot.nFeatures}
        scale="signed"
        highest={1}
        describe={({ row, column }, value) =>
          row === column
            ? `feature ${row + 1}: squared length ${formatFixed(value, 2)}`
            : `features ${row + 1} and ${column + 1}: ${formatFixed(value, 2)}`
        }
      />
    </div>
  );
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
