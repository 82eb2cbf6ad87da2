'use client';

import { defaultDisentangler, N_CLASSES } from '@featurescope/sae/toy/settings';
import { useState } from 'react';
import { SelectInput } from '../../ui/Field.tsx';
import { formatFixed, formatNumber, formatShare } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { disentanglerRunHref } from '../disentangler/disentangler-run-href.ts';
import { SparsityControls } from '../disentangler/SparsityControls.tsx';
import { disentanglerFields } from '../disentangler/settings.ts';
import { ClassNames } from '../disentangler/UnitStripes.tsx';
import { LabFigures } from '../ui/LabFigures.tsx';
import { LabPage } from '../ui/LabPage.tsx';
import { TrainingBar } from '../ui/TrainingBar.tsx';
import { useExperiment } from '../use-experiment.ts';
import { useLabSettings } from '../use-lab-settings.ts';
import { ActivationGrid } from './ActivationGrid.tsx';
import { ChosenFeature } from './ChosenFeature.tsx';
import { InputReconstruction } from './InputReconstruction.tsx';
import { TradeOffChart } from './TradeOffChart.tsx';

const { nLatents: N_LATENTS } = defaultDisentangler;

export function ExplorerPage() {
  const [settings, change] = useLabSettings(disentanglerFields);
  /** A feature, whatever column it stands in as training goes on, and an input. */
  const [picked, setPicked] = useState<{ latent: number; row: number } | null>(null);
  const { architecture, k, l1, start, seed } = settings;
  const dictionary = { architecture, k, l1Coefficient: l1, start, nLatents: N_LATENTS, seed };
  const { snapshot, training, error } = useExperiment('explorer', dictionary);
  const tradeOff = useExperiment('tradeOff', { seed });
  const column = picked && snapshot ? snapshot.latents.indexOf(picked.latent) : -1;
  const chosen = column === -1 ? null : column;
  return (
    <LabPage
      title="Sparsity explorer: which feature fires on what"
      lookFor={
        <p>
          Every row is an input, eight of each class; every column is a feature, sorted by the class that it stands for.
          With one active feature a point the map is <strong>blocks on the diagonal</strong>. Raise k and the columns
          blur over class borders. <strong>Click on a cell</strong> to light up the class that its feature stands for,
          and see below what one more active feature buys in reconstruction.
        </p>
      }
      runHref={disentanglerRunHref(dictionary)}
      error={error ?? tradeOff.error}
      controls={
        <>
          <TrainingBar training={training} step={snapshot?.step ?? 0} nSteps={snapshot?.nSteps ?? 0} />
          <SparsityControls settings={settings} change={change} />
          <ClassNames nClasses={N_CLASSES} />
        </>
      }
      stage={
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
          <Panel
            title="Inputs × features"
            aside={snapshot && `${snapshot.latents.length} features fire, ${snapshot.nSilent} are silent`}
          >
            {snapshot && (
              <ActivationGrid
                snapshot={snapshot}
                chosen={chosen}
                onPick={(cell) =>
                  setPicked(
                    picked?.latent === snapshot.latents[cell.column] && picked.row === cell.row
                      ? null
                      : { latent: snapshot.latents[cell.column], row: cell.row },
                  )
                }
              />
            )}
          </Panel>
          <Panel
            title="The chosen feature"
            aside={
              snapshot && (
                <SelectInput
                  aria-label="Feature"
                  className="w-28"
                  value={chosen === null ? '' : String(picked?.latent)}
                  onChange={({ target }) =>
                    setPicked(target.value === '' ? null : { latent: Number(target.value), row: picked?.row ?? 0 })
                  }
                >
                  <option value="">none</option>
                  {Array.from(snapshot.latents, (latent) => (
                    <option key={latent} value={latent}>
                      {latent}
                    </option>
                  ))}
                </SelectInput>
              )
            }
          >
            {snapshot && chosen !== null && picked ? (
              <>
                <ChosenFeature snapshot={snapshot} column={chosen} />
                <div className="mt-4">
                  <InputReconstruction snapshot={snapshot} row={Math.min(picked.row, snapshot.classes.length - 1)} />
                </div>
              </>
            ) : (
              <p className="text-ink-2">
                {picked
                  ? 'The chosen feature has fallen silent. Choose another.'
                  : 'Click on a cell of the map, or choose a feature by its number.'}
              </p>
            )}
          </Panel>
        </div>
      }
    >
      {snapshot && (
        <>
          <LabFigures
            figures={[
              {
                name: 'L0',
                meaning: 'Active features a point, on fresh points.',
                value: formatNumber(Number(snapshot.l0.toFixed(2))),
              },
              {
                name: 'FVU',
                meaning: 'Share of the variance that is not reconstructed.',
                value: formatFixed(snapshot.fvu, 4),
              },
              {
                name: 'Class purity',
                meaning: 'Mean purity of the features that fire on at least 1% of the points.',
                value: formatShare(Number(snapshot.meanPurity.toFixed(3))),
              },
              {
                name: 'Silent',
                meaning: 'Features that fire on none of the points.',
                value: `${snapshot.nSilent} of ${N_LATENTS}`,
              },
            ]}
          />
          <Panel
            title="What one more active feature buys"
            aside={
              tradeOff.snapshot && !tradeOff.isDone
                ? `${tradeOff.snapshot.topk.length + tradeOff.snapshot.standard.length} of ${tradeOff.snapshot.nTotal} dictionaries trained`
                : 'circle: the dictionary above'
            }
          >
            <div className="overflow-x-auto">
              <TradeOffChart
                topk={tradeOff.snapshot?.topk ?? []}
                standard={tradeOff.snapshot?.standard ?? []}
                here={{ l0: snapshot.l0, fvu: snapshot.fvu }}
              />
            </div>
          </Panel>
        </>
      )}
    </LabPage>
  );
}
