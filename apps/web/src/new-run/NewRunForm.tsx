'use client';

import type { Dataset, Model } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { createRun, createSweep } from '../api/commands.ts';
import { BaselineCard, SampleCard } from '../baselines/BaselineCard.tsx';
import { type BaselineDraft, initialBaseline } from '../baselines/baseline-draft.ts';
import { LearnedOrClassical } from '../baselines/LearnedOrClassical.tsx';
import { ActivationsChoice } from './ActivationsChoice.tsx';
import type { CardProps } from './card-props.ts';
import { DataCard } from './DataCard.tsx';
import { DictionaryCard } from './DictionaryCard.tsx';
import type { Draft } from './draft.ts';
import { GeneratorCard } from './GeneratorCard.tsx';
import { initialDraft } from './initial-draft.ts';
import { LaunchPanel } from './LaunchPanel.tsx';
import { checkLaunch, type Launch } from './launch.ts';
import { ModelCard } from './ModelCard.tsx';
import { SourceSwitch } from './SourceSwitch.tsx';
import { isSyntheticDraft } from './synthetic-draft.ts';
import { TrainingCard } from './TrainingCard.tsx';
import { withUsualValues } from './usual-values.ts';

export function NewRunForm({
  models,
  datasets,
  initial,
  initialClassical = null,
  sweepId,
}: {
  models: Model[];
  datasets: Dataset[];
  initial: Draft;
  /** Of a run that was fitted. */
  initialClassical?: BaselineDraft | null;
  /** The sweep that a baseline is to stand in. */
  sweepId?: string;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const [ofModel] = useState(() => (isSyntheticDraft(initial) ? initialDraft(models, datasets) : initial));
  const [baseline, setBaseline] = useState(initialClassical ?? initialBaseline());
  const [wantsClassical, setWantsClassical] = useState(initialClassical !== null);
  // A classical method is fitted on a model's activations.
  const isClassical = wantsClassical && !isSyntheticDraft(draft);
  const checked = checkLaunch(draft, isClassical ? { draft: baseline, sweepId } : null);
  const sweep = checked.launch?.kind === 'sweep' ? checked.launch.sweep : null;
  const launch = useMutation({
    mutationFn: async (what: Launch) => {
      if (what.kind === 'sweep') return `/sweeps/${(await createSweep(what.sweep)).id}`;
      return `/runs/${(await createRun(what.kind === 'run' ? what.run : what.baseline)).id}`;
    },
    onSuccess: (page) => {
      void client.invalidateQueries({ queryKey: ['runs'] });
      router.push(sweepId !== undefined && isClassical ? `/sweeps/${sweepId}` : page);
    },
  });
  const refused =
    launch.error instanceof ApiError && launch.error.field ? { [launch.error.field]: launch.error.message } : {};
  const change = (changes: Partial<Draft>) => {
    if (launch.isError) launch.reset();
    setDraft((known) => withUsualValues(known, changes, models));
  };
  const errors = { ...refused, ...checked.errors };
  const card: CardProps = { draft, errors, change };
  const classical = {
    draft: baseline,
    errors,
    change: (changes: Partial<BaselineDraft>) => {
      if (launch.isError) launch.reset();
      setBaseline((known) => ({ ...known, ...changes }));
    },
  };
  const choice = <LearnedOrClassical isClassical={isClassical} onChange={setWantsClassical} />;
  const model = models.find((candidate) => candidate.id === draft.modelId);
  return (
    <form
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_22rem]"
      onSubmit={(event) => {
        event.preventDefault();
        if (checked.launch) launch.mutate(checked.launch);
      }}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <SourceSwitch draft={draft} change={change} initial={ofModel} />
        {isSyntheticDraft(draft) ? (
          <GeneratorCard draft={draft} change={change} />
        ) : (
          <>
            <ModelCard {...card} models={models} />
            <DataCard {...card} datasets={datasets}>
              <ActivationsChoice draft={draft} change={change} launch={checked.launch} />
            </DataCard>
          </>
        )}
        {isClassical ? (
          <>
            <BaselineCard {...classical} model={model} aside={choice} />
            <SampleCard {...classical} subject={draft} changeSubject={change} />
          </>
        ) : (
          <>
            <DictionaryCard
              {...card}
              model={isSyntheticDraft(draft) ? undefined : model}
              sweep={sweep}
              aside={isSyntheticDraft(draft) ? null : choice}
            />
            <TrainingCard {...card} />
          </>
        )}
      </div>
      <LaunchPanel
        launch={checked.launch}
        errors={checked.errors}
        launching={launch.isPending || launch.isSuccess}
        launchError={launch.error}
      />
    </form>
  );
}
