'use client';

import type { Dataset } from '@featurescope/contracts';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Field, SelectInput } from '../ui/Field.tsx';
import { formatBytes } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';

interface DataCardProps {
  draft: { datasetId: string };
  errors: { datasetId?: string };
  change: (changes: { datasetId: string }) => void;
  datasets: Dataset[];
  /** Below the dataset. */
  children?: ReactNode;
}

export function DataCard({ draft, errors, change, datasets, children }: DataCardProps) {
  const dataset = datasets.find((candidate) => candidate.id === draft.datasetId);
  return (
    <Panel
      title="Data"
      aside={
        <Link href="/data" className="text-accent-ink hover:underline">
          Add your own text
        </Link>
      }
    >
      <Field
        label="Dataset"
        error={errors.datasetId}
        hint={
          dataset &&
          `${dataset.nDocuments.toLocaleString('en-US')} documents, ${formatBytes(dataset.sizeBytes)}. Some documents are held out for measuring.`
        }
      >
        {(control) => (
          <SelectInput
            {...control}
            value={draft.datasetId}
            onChange={(event) => change({ datasetId: event.target.value })}
          >
            {dataset === undefined && <option value="">Choose a dataset</option>}
            {datasets.map((candidate) => (
              <option key={candidate.id} value={candidate.id} disabled={candidate.status !== 'ready'}>
                {candidate.name}
                {candidate.status === 'ingesting'
                  ? ' (still being read)'
                  : candidate.status === 'failed'
                    ? ' (failed)'
                    : ''}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      {dataset?.sample && (
        <p className="mt-2 line-clamp-2 border-l-2 border-line pl-3 text-[13px] text-ink-2">
          {dataset.sample.slice(0, 400)}
        </p>
      )}
      {children}
    </Panel>
  );
}
