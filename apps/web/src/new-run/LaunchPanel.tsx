'use client';

import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { classNames } from '../ui/class-names.ts';
import { formatBytes, formatDuration, formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { stageName } from '../ui/RunStatus.tsx';
import { InlineError } from '../ui/States.tsx';
import { architectureFieldLabels } from './architecture-fields.ts';
import { bodyOf, type Launch, type LaunchErrors, pathOf, sharedOf } from './launch.ts';
import { useEstimate } from './use-estimate.ts';

const fieldLabels: Partial<Record<string, string>> = {
  modelId: 'Model',
  hookName: 'Hook point',
  datasetId: 'Dataset',
  generator: 'What the samples are made of',
  nLatents: 'Latents',
  architectures: 'Architecture',
  ...architectureFieldLabels,
  nTokens: 'Tokens',
  batchSize: 'Batch size',
  learningRate: 'Learning rate',
  seed: 'Seed',
  name: 'Name',
  nComponents: 'Components',
  nDirections: 'Directions',
  positiveExamples: 'Positive examples',
  negativeExamples: 'Negative examples',
  regularization: 'C',
  inputs: 'Inputs',
  targets: 'Words',
  nRepeats: 'Repeats',
};

/** Stays beside the form: what the run or the sweep will cost, what it will keep, and the button. */
export function LaunchPanel({
  launch,
  errors,
  launching,
  launchError,
}: {
  launch: Launch | null;
  errors: LaunchErrors;
  launching: boolean;
  launchError: unknown;
}) {
  const wrong = Object.keys(errors).map((field) => fieldLabels[field] ?? field);
  const reason = wrong.length > 0 ? `To launch, correct: ${wrong.join(', ')}.` : null;
  return (
    <aside className="flex flex-col gap-4 lg:sticky lg:top-16" aria-label="Launch">
      <Panel>
        <Estimate launch={launch} />
        <div className="mt-4 flex flex-col gap-2">
          <Button
            type="submit"
            kind="primary"
            className="h-9"
            disabled={!launch || launching}
            aria-describedby="launch-reason"
          >
            {launching
              ? 'Launching'
              : launch?.kind === 'sweep'
                ? `Launch ${launch.sweep.variants.length} runs`
                : 'Launch run'}
          </Button>
          <p id="launch-reason" className="min-h-4 text-xs text-ink-2">
            {reason ?? (launching ? 'Its page opens by itself.' : '')}
          </p>
          {launchError !== null && <InlineError title="Nothing was started." error={launchError} />}
        </div>
      </Panel>
      {launch && <Curl launch={launch} />}
    </aside>
  );
}

function Estimate({ launch }: { launch: Launch | null }) {
  const { data, error, isFetching, isPlaceholderData } = useEstimate(launch);
  const stale = launch === null || isPlaceholderData || isFetching;
  const rows: [string, string | undefined][] = [
    ['Time', data && formatDuration(data.seconds)],
    ...(data?.sweep ? [['Each by itself', formatDuration(data.sweep.separateSeconds)] as [string, string]] : []),
    ['Memory', data && formatBytes(data.memoryBytes)],
    ['Disk', data && formatBytes(data.diskBytes)],
    [launch && isOfSamples(launch) ? 'Samples' : 'Tokens', launch ? formatNumber(sharedOf(launch).nTokens) : undefined],
    ...(launch?.kind === 'baseline' || data?.nSteps === 0
      ? []
      : [['Steps', data && formatNumber(data.nSteps)] as [string, string | undefined]]),
  ];
  const source = launch && isOfSamples(launch) ? 'synthetic' : 'model';
  return (
    <section aria-label="Estimate" aria-busy={isFetching}>
      <h2 className="mt-1 text-sm font-semibold">Estimate</h2>
      {error && launch ? (
        <div className="mt-2">
          <InlineError error={error} />
        </div>
      ) : (
        <>
          <dl className={classNames('mt-1', stale && 'text-ink-3')}>
            {rows.map(([name, value]) => (
              <div key={name} className="flex h-7 items-center justify-between border-line not-last:border-b">
                <dt className="text-ink-2">{name}</dt>
                <dd className="numeric font-mono text-[13px]">{value ?? '–'}</dd>
              </div>
            ))}
          </dl>
          {data && data.breakdown.length > 0 && (
            <p className="mt-2 text-xs text-ink-3">
              {data.breakdown
                .filter((part) => part.seconds >= 1)
                .map((part) => `${stageName(part.stage, source)} ${formatDuration(part.seconds)}`)
                .join(' · ')}
            </p>
          )}
          {data?.sweep?.warning && (
            <p role="status" className="mt-2 text-xs text-warn">
              {data.sweep.warning}
            </p>
          )}
          <p className="mt-2 min-h-8 text-xs text-ink-3">{data?.basis}</p>
        </>
      )}
      <h2 className="mt-3 text-sm font-semibold">What will be stored</h2>
      <p className="mt-1 text-xs text-ink-2">
        {launch?.kind === 'baseline' ? 'What was fitted' : 'Metrics of every step, the last two checkpoints'}, the
        dictionary in SAELens form, and for each feature{' '}
        {launch && isOfSamples(launch)
          ? 'the truth it found, its strongest samples, histogram and neighbours.'
          : 'its examples, histogram, output tokens, neighbours and label.'}{' '}
        {launch && storesActivations(launch)
          ? 'The activations are kept for later runs; the Data page says where.'
          : 'Everything stays on this machine.'}
      </p>
    </section>
  );
}

const isOfSamples = (launch: Launch) => launch.kind === 'run' && launch.run.source === 'synthetic';
const storesActivations = (launch: Launch) => {
  const body = bodyOf(launch);
  return 'activations' in body && body.activations === 'store';
};

function Curl({ launch }: { launch: Launch }) {
  const origin = typeof location === 'undefined' ? '' : location.origin;
  const command = `curl ${origin}${pathOf(launch)} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(bodyOf(launch)).replaceAll("'", "'\\''")}'`;
  return (
    <details className="rounded-lg border border-line bg-surface px-4 py-2.5">
      <summary className="font-medium">The same from a terminal</summary>
      <pre className="my-2 max-h-56 overflow-auto rounded-md bg-sunken p-2.5 font-mono text-xs whitespace-pre-wrap">
        {command}
      </pre>
      <CopyButton text={command} label="Copy command" />
    </details>
  );
}
