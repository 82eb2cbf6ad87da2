'use client';

import type { DictionaryInspection, DictionarySource } from '@featurescope/contracts';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';

interface InspectionPanelProps {
  source: DictionarySource | null;
  inspection: DictionaryInspection | undefined;
  error: unknown;
  busy: boolean;
  ready: boolean;
  hasDataset: boolean;
  importing: boolean;
  importError: unknown;
}

const formatNames: Record<DictionaryInspection['format'], string> = {
  saelens: 'SAELens',
  gemmaScope: 'Gemma Scope',
  sparsify: 'sparsify',
  dictionaryLearning: 'dictionary_learning',
};

/** What the files hold, what stands against them, and the button; stays beside the form. */
export function InspectionPanel(props: InspectionPanelProps) {
  const { source, inspection, error, busy, ready, hasDataset, importing, importError } = props;
  const fits = inspection?.problems.length === 0;
  const reason = importing
    ? 'The dictionary is read and stored. The run’s page opens by itself.'
    : !source
      ? 'Choose the files of a dictionary.'
      : !inspection || busy
        ? ''
        : !fits
          ? 'It cannot be imported so; see above.'
          : hasDataset
            ? ''
            : 'Choose a dataset.';
  return (
    <aside className="flex flex-col gap-4 lg:sticky lg:top-16" aria-label="Inspection">
      <Panel title="What was found">
        <div aria-live="polite" aria-busy={busy}>
          {error ? (
            <InlineError error={error} />
          ) : inspection ? (
            <Findings inspection={inspection} fits={fits} stale={busy} />
          ) : source ? (
            <div className="flex flex-col gap-2" role="status" aria-label="Reading the files">
              <p className="text-ink-2">Reading and checking every number of it.</p>
              <Skeleton className="h-4 w-full" />
              <Skeleton className="h-4 w-3/4" />
            </div>
          ) : (
            <p className="text-ink-2">Nothing yet. What the files hold is shown here before anything is imported.</p>
          )}
        </div>
        <div className="mt-4 flex flex-col gap-2">
          <Button
            type="submit"
            kind="primary"
            className="h-9"
            disabled={!ready || importing || busy}
            aria-describedby="import-reason"
          >
            {importing ? 'Importing' : 'Import and index'}
          </Button>
          <p id="import-reason" className="min-h-4 text-xs text-ink-2">
            {reason}
          </p>
          {importError !== null && <InlineError title="It was not imported." error={importError} />}
        </div>
      </Panel>
    </aside>
  );
}

function Findings({ inspection, fits, stale }: { inspection: DictionaryInspection; fits: boolean; stale: boolean }) {
  const { format, architecture, dIn, nLatents, k, modelName, hookName, notes, problems } = inspection;
  const rows: [string, string][] = [
    ['Format', formatNames[format]],
    ['Architecture', k === null ? architecture : `${architecture}, k ${k}`],
    ['Reads', `${dIn.toLocaleString('en-US')} values a token`],
    ['Latents', `${formatNumber(nLatents)} (${Number((nLatents / dIn).toPrecision(3))} ×)`],
    ['Model, say its files', modelName ?? 'not said'],
    ['Hook, say its files', hookName ?? 'not said'],
  ];
  return (
    <div className={classNames(stale && 'opacity-60')}>
      <p className="flex items-start gap-2 font-medium">
        {fits ? (
          <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden />
        ) : (
          <CircleAlert size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden />
        )}
        {fits ? 'It fits: every number is finite, every shape is right.' : 'It does not fit so.'}
      </p>
      {problems.map(({ message }) => (
        <p key={message} role="alert" className="mt-2 rounded-md border border-line bg-bad-soft px-3 py-2">
          {message}
        </p>
      ))}
      <dl className="mt-2">
        {rows.map(([name, value]) => (
          <div
            key={name}
            className="flex min-h-7 items-baseline justify-between gap-3 border-line py-1 not-last:border-b"
          >
            <dt className="shrink-0 text-ink-2">{name}</dt>
            <dd className="min-w-0 text-right break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {notes.length > 0 && (
        <>
          <h3 className="mt-3 text-sm font-semibold">To mind</h3>
          <ul className="mt-1 flex list-disc flex-col gap-1 pl-5 text-[13px] text-ink-2">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
