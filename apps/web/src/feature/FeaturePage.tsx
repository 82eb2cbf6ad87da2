'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, SlidersHorizontal } from 'lucide-react';
import { useParams, useRouter } from 'next/navigation';
import { useState } from 'react';
import { featureQuery, runQuery } from '../api/queries.ts';
import { CausalPanel } from '../causal/CausalPanel.tsx';
import { FoundTruth } from '../ground-truth/FoundTruth.tsx';
import { StrongestSamples } from '../ground-truth/StrongestSamples.tsx';
import { runSubject } from '../runs/run-subject.ts';
import { ButtonLink, IconButton } from '../ui/Button.tsx';
import { Figure, Figures } from '../ui/Figure.tsx';
import { Quantity, Score, Share } from '../ui/Quantity.tsx';
import { ErrorState, InlineError, Skeleton } from '../ui/States.tsx';
import { ActivationHistogram } from './ActivationHistogram.tsx';
import { Examples } from './Examples.tsx';
import { LabelPanel } from './LabelPanel.tsx';
import { Neighbours } from './Neighbours.tsx';
import { NeuronsPanel } from './NeuronsPanel.tsx';
import { OutputTokens } from './OutputTokens.tsx';
import { StarButton, useStar } from './StarButton.tsx';
import { TryText } from './TryText.tsx';
import { useFeatureKeys } from './use-feature-keys.ts';

export function FeaturePage() {
  const { runId, index: rawIndex } = useParams<{ runId: string; index: string }>();
  const index = /^\d{1,8}$/.test(rawIndex) ? Number(rawIndex) : -1;
  const { data: feature, error, refetch } = useQuery({ ...featureQuery(runId, index), enabled: index >= 0 });
  const list = <ButtonLink href={`/runs/${runId}/features`}>All features of this run</ButtonLink>;
  if (index < 0)
    return (
      <ErrorState
        title="No such feature"
        error={new Error(`“${rawIndex}” is not the index of a feature; it must be a whole number.`)}
        action={list}
      />
    );
  if (!feature)
    return error ? (
      <ErrorState title={`Feature ${index} could not be loaded`} error={error} retry={refetch} action={list} />
    ) : (
      <FeatureSkeleton />
    );
  return <FeatureView key={`${runId}-${index}`} feature={feature} />;
}

function FeatureView({ feature }: { feature: FeatureDetail }) {
  const router = useRouter();
  const { data: run } = useQuery(runQuery(feature.runId));
  const [editing, setEditing] = useState(false);
  const star = useStar(feature);
  const { recovered } = feature;
  const base = `/runs/${feature.runId}/features`;
  const steerHref = `/steering?run=${feature.runId}&feature=${feature.index}`;
  const go = (index: number | null) => index !== null && router.push(`${base}/${index}`);
  useFeatureKeys({
    j: () => go(feature.nextIndex),
    k: () => go(feature.previousIndex),
    l: () => !recovered && setEditing(true),
    s: star.toggle,
    t: () => !feature.dead && !recovered && router.push(steerHref),
  });
  return (
    <div className="flex flex-col gap-4 px-4 py-5 md:px-6">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-lg font-semibold tracking-tight">
            {feature.userLabel?.text ?? feature.label?.text ?? titleOf(feature)}
          </h1>
          <p className="text-ink-2">
            Feature {feature.index}
            {run && ` of ${run.name} · ${runSubject(run)}`}
          </p>
        </div>
        <div className="flex items-center gap-1">
          <StarButton starred={feature.starred} toggle={star.toggle} />
          <IconButton
            label="Previous feature (k)"
            disabled={feature.previousIndex === null}
            onClick={() => go(feature.previousIndex)}
          >
            <ChevronLeft size={16} aria-hidden />
          </IconButton>
          <IconButton
            label="Next feature (j)"
            disabled={feature.nextIndex === null}
            onClick={() => go(feature.nextIndex)}
          >
            <ChevronRight size={16} aria-hidden />
          </IconButton>
          {!feature.dead && !recovered && (
            <ButtonLink kind="primary" href={steerHref} className="ml-1" title="t">
              <SlidersHorizontal size={14} aria-hidden />
              Steer with this feature
            </ButtonLink>
          )}
        </div>
      </div>
      {star.error && <InlineError title="The star was not saved." error={star.error} />}
      <Figures>
        {recovered && (
          <Figure
            term="truth"
            value={<Quantity value={recovered.best.cosine} decimals={3} />}
            note={`cosine with truth ${recovered.best.index}`}
          />
        )}
        <Figure term="density" value={<Share value={feature.density} />} note={<FiringNote feature={feature} />} />
        <Figure term="maxActivation" value={<Quantity value={feature.maxActivation} />} />
        <Figure term="meanActivation" value={<Quantity value={feature.meanActivation} />} note="where it fires" />
        {!recovered && <Figure term="score" value={<Score value={feature.label?.score} />} note={scoreNote(feature)} />}
      </Figures>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        {/* On a narrow screen the columns dissolve, and the examples come right after the label. */}
        <div className="flex min-w-0 flex-col gap-4 max-lg:contents">
          {recovered ? (
            <FoundTruth runId={feature.runId} recovered={recovered} />
          ) : (
            <LabelPanel feature={feature} editing={editing} setEditing={setEditing} />
          )}
          <div className="flex min-w-0 flex-col gap-4 max-lg:order-2">
            {!feature.dead && <ActivationHistogram feature={feature} />}
            {!recovered && <OutputTokens feature={feature} />}
            <Neighbours feature={feature} />
            {!recovered && <NeuronsPanel key={feature.index} feature={feature} />}
          </div>
        </div>
        <div className="flex min-w-0 flex-col gap-4 max-lg:order-1">
          {recovered ? (
            <StrongestSamples recovered={recovered} />
          ) : (
            <>
              <Examples feature={feature} />
              <TryText feature={feature} />
              <CausalPanel feature={feature} />
            </>
          )}
        </div>
      </div>
      <p className="text-xs text-ink-3 max-md:hidden">
        Keys: <kbd>j</kbd> next, <kbd>k</kbd> previous, <kbd>s</kbd> star
        {!recovered && (
          <>
            , <kbd>l</kbd> edit the label, <kbd>t</kbd> steer
          </>
        )}
        .
      </p>
    </div>
  );
}

/** What it is named before anybody has named it. */
const titleOf = ({ index, dead, recovered }: FeatureDetail) =>
  recovered && !dead ? `Feature ${index}: truth ${recovered.best.index}` : `Feature ${index}`;

function FiringNote({ feature }: { feature: FeatureDetail }) {
  return (
    <>
      <Quantity value={feature.nFiring} /> of <Quantity value={feature.nIndexedTokens} />{' '}
      {feature.recovered ? 'samples' : 'tokens'}
    </>
  );
}

function scoreNote({ label }: FeatureDetail): string {
  if (!label) return 'not labelled yet';
  if (!label.interval) return label.status === 'failed' ? 'no label found' : '';
  return `${label.interval[0].toFixed(2)} to ${label.interval[1].toFixed(2)}, 95% interval`;
}

function FeatureSkeleton() {
  return (
    <div className="flex flex-col gap-4 px-4 py-5 md:px-6" role="status" aria-label="Loading the feature">
      <Skeleton className="h-7 w-80 max-w-full" />
      <Skeleton className="h-20 w-full" />
      <div className="grid gap-4 lg:grid-cols-[2fr_3fr]">
        <Skeleton className="h-96 w-full" />
        <Skeleton className="h-96 w-full" />
      </div>
    </div>
  );
}
