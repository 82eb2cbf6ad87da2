'use client';

import { classNames } from '../../ui/class-names.ts';
import { formatFixed, formatNumber, formatShare } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { SegmentedControl } from '../../ui/SegmentedControl.tsx';
import { superposedRunHref } from '../superposition/superposed-run-href.ts';
import { Arrows2d } from '../ui/Arrows2d.tsx';
import { Arrows3d } from '../ui/Arrows3d.tsx';
import { classColour } from '../ui/feature-colour.ts';
import { LabFigures } from '../ui/LabFigures.tsx';
import { LabPage } from '../ui/LabPage.tsx';
import { LabSlider, sparsityScale } from '../ui/LabSlider.tsx';
import { MiniChart } from '../ui/MiniChart.tsx';
import { SeedControl } from '../ui/SeedControl.tsx';
import { TrainingBar } from '../ui/TrainingBar.tsx';
import { ValueBars } from '../ui/ValueBars.tsx';
import { useExperiment } from '../use-experiment.ts';
import { useLabSettings } from '../use-lab-settings.ts';
import type { GeometrySnapshot } from '../worker/geometry-experiment.ts';
import { DimensionalityChart } from './DimensionalityChart.tsx';
import { edgesOf, PolytopeGallery, pointsOf } from './PolytopeGallery.tsx';
import { geometryFields, shapes } from './settings.ts';

export function GeometryPage() {
  const [settings, change] = useLabSettings(geometryFields);
  const { n, m, sparsity, magnitudes, seed } = settings;
  const { snapshot, training, error } = useExperiment('geometry', {
    nFeatures: n,
    nDims: m,
    sparsity,
    magnitudes,
    seed,
  });
  const sweep = useExperiment('sparsitySweep', { nFeatures: n, nDims: m, magnitudes, seed });
  return (
    <LabPage
      title="Geometry: the shapes that features settle into"
      lookFor={
        <p>
          When all features matter equally, none is dropped for another: they share dimensions, and they do so in{' '}
          <strong>regular shapes</strong>. Two opposite each other are a digon and cost half a dimension each, a
          triangle ⅔, a tetrahedron ¾, a pentagon ⅖. Features that are <strong>on or off</strong> like triangles and
          tetrahedra; with strengths that vary a digon and a dimension of its own are cheaper. Pick a shape, then change
          the seed: the shape stays.
        </p>
      }
      error={error ?? sweep.error}
      runHref={superposedRunHref({
        nTruths: n,
        dModel: m,
        ...{ sparsity, importanceDecay: 1, leastMagnitude: magnitudes === 'onOff' ? 1 : 0, output: 'relu', seed },
      })}
      controls={
        <>
          <TrainingBar training={training} step={snapshot?.step ?? 0} nSteps={snapshot?.nSteps ?? 0} />
          <div>
            <p className="mb-1 font-medium">Shape</p>
            <div className="flex flex-wrap gap-1">
              {shapes.map(({ name, ...shape }) => {
                const isChosen =
                  shape.n === n && shape.m === m && shape.sparsity === sparsity && shape.magnitudes === magnitudes;
                return (
                  <button
                    key={name}
                    type="button"
                    aria-pressed={isChosen}
                    onClick={() => change(shape)}
                    className={classNames(
                      'h-7 rounded-md border px-2 text-xs',
                      isChosen
                        ? 'border-transparent bg-accent-soft font-medium text-accent-ink'
                        : 'border-line-strong text-ink-2 hover:bg-hover hover:text-ink',
                    )}
                  >
                    {name}
                  </button>
                );
              })}
            </div>
          </div>
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
          <SegmentedControl
            label="Strength of an active feature"
            value={magnitudes}
            onChange={(next) => change({ magnitudes: next })}
            options={[
              { value: 'onOff', label: 'On or off' },
              { value: 'uniform', label: 'Any strength' },
            ]}
          />
          <LabSlider label="Features" value={n} min={2} max={40} step={1} onChange={(next) => change({ n: next })} />
          <LabSlider label="Dimensions" value={m} min={1} max={20} step={1} onChange={(next) => change({ m: next })} />
          <SeedControl seed={seed} onChange={(next) => change({ seed: next })} />
        </>
      }
      stage={
        <Panel
          title={m > 3 ? 'The shapes found, each in a space of its own' : 'The features’ directions'}
          aside={inventory(snapshot)}
        >
          {snapshot ? <Shapes snapshot={snapshot} nDims={m} /> : <div className="aspect-square max-w-[26rem]" />}
        </Panel>
      }
    >
      {snapshot && (
        <>
          <LabFigures
            figures={[
              {
                name: 'Shapes',
                meaning:
                  'Groups of features that share dimensions with each other and with no others: |cos| above .15.',
                value: inventory(snapshot),
              },
              {
                name: 'Features kept',
                meaning: 'Features whose direction has a squared length of at least ½.',
                value: `${snapshot.nRepresented} of ${snapshot.norms.length}`,
              },
              {
                name: 'Dimensions per feature',
                meaning: 'm / ‖W‖²: dimensions over the summed squared lengths.',
                value: formatNumber(snapshot.dimensionsPerFeature),
              },
              {
                name: 'Mean share',
                meaning: 'Share of a dimension that a feature has: ‖Wᵢ‖² / Σⱼ (ŵᵢ·Wⱼ)².',
                value: formatFixed(
                  snapshot.dimensionality.reduce((sum, d) => sum + d, 0) / snapshot.dimensionality.length,
                  2,
                ),
              },
            ]}
          />
          <Panel
            title="Dimensions per feature over the sparsity"
            aside={
              sweep.snapshot && !sweep.isDone
                ? `${sweep.snapshot.points.length} of ${sweep.snapshot.nTotal} models trained`
                : `a model each, ${n} features in ${m} dimensions`
            }
          >
            <div className="overflow-x-auto">
              <DimensionalityChart points={sweep.snapshot?.points ?? []} sparsity={sparsity} />
            </div>
            <p className="mt-1 text-xs text-ink-3">
              The line is m / ‖W‖²; each dot is one feature’s share of a dimension. Dots gather at the shapes’
              fractions.
            </p>
          </Panel>
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <Panel title="Share of a dimension, feature by feature" aside="1 is a dimension of its own">
              <ValueBars
                label="Dimensionality of each feature"
                values={snapshot.dimensionality}
                highest={1}
                colourOf={classColour}
              />
            </Panel>
            <Panel title="Dimensions per feature as it learns" aside="m / ‖W‖²">
              <MiniChart
                label="Dimensions per feature over the steps"
                lastX={snapshot.nSteps}
                curves={[
                  {
                    label: 'dimensions per feature',
                    colour: 'var(--accent)',
                    points: snapshot.curve.filter(([, y]) => y < 3),
                  },
                ]}
              />
            </Panel>
          </div>
        </>
      )}
    </LabPage>
  );
}

function Shapes({ snapshot, nDims }: { snapshot: GeometrySnapshot; nDims: number }) {
  const { polytopes } = snapshot;
  const [whole] = polytopes;
  if (nDims > 3 || polytopes.length > 1 || !whole) return <PolytopeGallery polytopes={polytopes} />;
  const label = `${whole.name} of ${whole.features.length} features`;
  if (nDims < 3)
    return <Arrows2d label={label} outline points={pointsOf(whole).map(([x, y]) => [x, y] as [number, number])} />;
  return <Arrows3d label={label} points={pointsOf(whole)} edges={edgesOf(whole)} />;
}

/** "1 pentagon", "2 digons, 1 triangle". */
function inventory(snapshot: GeometrySnapshot | null): string {
  if (!snapshot || snapshot.polytopes.length === 0) return 'none yet';
  const counts = new Map<string, number>();
  for (const { name } of snapshot.polytopes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${count === 1 ? name : plural(name)}`).join(', ');
}

const plural = (name: string) =>
  name === 'tetrahedron'
    ? 'tetrahedra'
    : name === 'octahedron'
      ? 'octahedra'
      : / in /.test(name)
        ? `× ${name}`
        : `${name}s`;
