'use client';

import type { Dataset, Model } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { createRun, createSweep } from '../api/commands.ts';
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

export function NewRunForm({ models, datasets, initial }: { models: Model[]; datasets: Dataset[]; initial: Draft }) {
  const router = useRouter();
  const client = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const [ofModel] = useState(() => (isSyntheticDraft(initial) ? initialDraft(models, datasets) : initial));
  const checked = checkLaunch(draft);
  const sweep = checked.launch?.kind === 'sweep' ? checked.launch.sweep : null;
  const launch = useMutation({
    mutationFn: async (what: Launch) =>
      what.kind === 'run' ? `/runs/${(await createRun(what.run)).id}` : `/sweeps/${(await createSweep(what.sweep)).id}`,
    onSuccess: (page) => {
      void client.invalidateQueries({ queryKey: ['runs'] });
      router.push(page);
    },
  });
  const refused =
    launch.error instanceof ApiError && launch.error.field ? { [launch.error.field]: launch.error.message } : {};
  const change = (changes: Partial<Draft>) => {
    if (launch.isError) launch.reset();
    setDraft((known) => withUsualValues(known, changes, models));
  };
  const card: CardProps = { draft, errors: { ...refused, ...checked.errors }, change };
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
        <DictionaryCard {...card} model={isSyntheticDraft(draft) ? undefined : model} sweep={sweep} />
        <TrainingCard {...card} />
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
