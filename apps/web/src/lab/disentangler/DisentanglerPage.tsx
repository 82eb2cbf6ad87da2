'use client';

import { ALIVE_SHARE, defaultDisentangler, N_CLASSES } from '@featurescope/sae/toy/settings';
import { formatFixed, formatNumber, formatShare } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { LabFigures } from '../ui/LabFigures.tsx';
import { LabPage } from '../ui/LabPage.tsx';
import { MiniChart } from '../ui/MiniChart.tsx';
import { TrainingBar } from '../ui/TrainingBar.tsx';
import { useExperiment } from '../use-experiment.ts';
import { useLabSettings } from '../use-lab-settings.ts';
import type { DisentanglerSnapshot } from '../worker/disentangler-experiment.ts';
import { disentanglerRunHref } from './disentangler-run-href.ts';
import { SparsityControls } from './SparsityControls.tsx';
import { disentanglerFields } from './settings.ts';
import { ClassNames, type UnitStripe, UnitStripes } from './UnitStripes.tsx';

const { nLatents: N_LATENTS } = defaultDisentangler;

export function DisentanglerPage() {
  const [settings, change] = useLabSettings(disentanglerFields);
  const { architecture, k, l1, start, seed } = settings;
  const dictionary = { architecture, k, l1Coefficient: l1, start, nLatents: N_LATENTS, seed };
  const { snapshot, training, error } = useExperiment('disentangler', dictionary);
  return (
    <LabPage
      title="Disentangler: from mixed neurons to plain features"
      lookFor={
        <p>
          A small classifier tells eight classes apart with sixteen hidden neurons, so each neuron must speak for
          several classes: its bar is <strong>striped</strong>. A dictionary of {N_LATENTS} latents reads the same
          activations. With one active latent a point, every feature’s bar has <strong>one colour</strong>. Let more be
          active and watch the stripes come back while the error falls: a better reconstruction is not a better
          explanation.
        </p>
      }
      runHref={disentanglerRunHref(dictionary)}
      error={error}
      isTall
      controls={
        <>
          <TrainingBar training={training} step={snapshot?.step ?? 0} nSteps={snapshot?.nSteps ?? 0} />
          <SparsityControls settings={settings} change={change} />
        </>
      }
      stage={
        <div className="flex flex-col gap-4">
          {snapshot && <DisentanglerFigures snapshot={snapshot} />}
          <div className="grid items-start gap-4 md:grid-cols-2">
            <Panel
              title="The 16 neurons, by class"
              aside={snapshot && `mean purity ${formatShare(meanOf(neuronsOf(snapshot)))}`}
            >
              {snapshot && <UnitStripes label="Neurons" units={neuronsOf(snapshot)} />}
              <div className="mt-3">
                <ClassNames nClasses={N_CLASSES} />
              </div>
            </Panel>
            <Panel
              title="The features, by class"
              aside={
                snapshot && `${snapshot.report.nAlive} alive, ${N_LATENTS - snapshot.report.nAlive} (almost) silent`
              }
            >
              {snapshot && <UnitStripes label="Features" units={featuresOf(snapshot)} />}
            </Panel>
          </div>
        </div>
      }
    >
      {snapshot && (
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <Panel title="Unexplained variance as it learns" aside="of the batches, smoothed">
            <MiniChart
              label="FVU over the steps"
              lastX={snapshot.nSteps}
              curves={[{ label: 'FVU', colour: 'var(--accent)', points: snapshot.fvu.filter(([, y]) => y < 1) }]}
            />
          </Panel>
          <Panel title="Beside what needs no training">
            <table className="numeric w-full text-sm">
              <thead className="text-left text-xs text-ink-3">
                <tr>
                  <th className="py-1 font-normal">On {snapshot.nPoints.toLocaleString('en-US')} fresh points</th>
                  <th className="py-1 text-right font-normal">FVU</th>
                  <th className="py-1 text-right font-normal">worst purity</th>
                </tr>
              </thead>
              <tbody className="[&_td]:border-t [&_td]:border-line [&_td]:py-1.5">
                <tr className="font-medium">
                  <td>This dictionary</td>
                  <td className="text-right font-mono">{formatFixed(snapshot.report.fvu, 4)}</td>
                  <td className="text-right font-mono">
                    {formatShare(Number(snapshot.report.worstPurity.toFixed(3)))}
                  </td>
                </tr>
                <tr>
                  <td>The same, untrained{start === 'dataPoints' ? ' (data points as directions)' : ''}</td>
                  <td className="text-right font-mono">{formatFixed(snapshot.untrained.fvu, 4)}</td>
                  <td className="text-right font-mono">
                    {formatShare(Number(snapshot.untrained.worstPurity.toFixed(3)))}
                  </td>
                </tr>
                <tr>
                  <td>Each point replaced by its class’s mean</td>
                  <td className="text-right font-mono">{formatFixed(snapshot.classMeansFvu, 4)}</td>
                  <td className="text-right text-ink-3">–</td>
                </tr>
              </tbody>
            </table>
            <p className="mt-2 text-xs text-ink-3">
              The classifier itself is right on {formatShare(Number(snapshot.accuracy.toFixed(4)))} of fresh points.
              Worst purity is over the latents that fire on at least 1% of them.
            </p>
          </Panel>
        </div>
      )}
    </LabPage>
  );
}

function DisentanglerFigures({ snapshot: { report, nPoints } }: { snapshot: DisentanglerSnapshot }) {
  return (
    <LabFigures
      figures={[
        {
          name: 'L0',
          meaning: 'Active latents a point, on fresh points.',
          value: formatNumber(Number(report.l0.toFixed(2))),
        },
        {
          name: 'FVU',
          meaning: 'Share of the variance of the hidden activations that is not reconstructed.',
          value: formatFixed(report.fvu, 4),
        },
        {
          name: 'MSE',
          meaning: 'Squared error of a point, summed over the 16 neurons.',
          value: formatNumber(report.mse),
        },
        {
          name: 'Class purity',
          meaning:
            'Of a latent: its largest mean activation over a class, as a share of the sum over the classes. Mean over latents that fire on at least 1% of the points.',
          value: formatShare(Number(report.meanPurity.toFixed(3))),
          note: `worst ${formatShare(Number(report.worstPurity.toFixed(3)))}`,
        },
        {
          name: 'Classes found',
          meaning: 'Classes that some alive latent stands for.',
          value: `${report.nClassesFound} of ${N_CLASSES}`,
          note: `${nPoints.toLocaleString('en-US')} fresh points`,
        },
      ]}
    />
  );
}

const meansOf = (classMeans: Float32Array, unit: number) =>
  classMeans.subarray(unit * N_CLASSES, (unit + 1) * N_CLASSES);

function neuronsOf({ neurons }: DisentanglerSnapshot): UnitStripe[] {
  return Array.from(neurons.purity, (purity, i) => ({
    name: `n${i + 1}`,
    means: meansOf(neurons.classMeans, i),
    purity,
    firingShare: neurons.firingShare[i],
  }));
}

/** Those that are alive, class by class, the frequent ones first. */
function featuresOf({ report: { latents } }: DisentanglerSnapshot): UnitStripe[] {
  const { purity, firingShare, bestClass, classMeans } = latents;
  return [...purity.keys()]
    .filter((i) => firingShare[i] >= ALIVE_SHARE)
    .sort((a, b) => bestClass[a] - bestClass[b] || firingShare[b] - firingShare[a])
    .map((i) => ({ name: String(i), means: meansOf(classMeans, i), purity: purity[i], firingShare: firingShare[i] }));
}

const meanOf = (units: UnitStripe[]) =>
  Number((units.reduce((sum, { purity }) => sum + purity, 0) / Math.max(1, units.length)).toFixed(3));
