'use client';

import { architectureLabel, type Run } from '@featurescope/contracts';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { ButtonLink } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';
import { useRun } from './RunFrame.tsx';

export function ConfigurationTab() {
  const run = useRun();
  const { provenance } = run;
  const isTrained = run.origin === 'trained';
  const isImported = run.origin === 'imported';
  const config = Object.entries(run.resolvedConfig);
  const checkpoint = ['Checkpoint', <Hash key="checkpoint" value={provenance.checkpointHash} />] satisfies [
    string,
    ReactNode,
  ];
  const architecture: [ReactNode, ReactNode][] = [
    ['Architecture', architectureLabel(run)],
    ...(run.preset !== null
      ? [[<Term key="preset" name="preset" />, presetNames[run.preset]] satisfies [ReactNode, ReactNode]]
      : []),
  ];
  const restsOfModel: [ReactNode, ReactNode][] = [
    ['Model weights', <Hash key="weights" value={provenance.weightsHash} />],
    ['Tokenizer', <Hash key="tokenizer" value={provenance.tokenizerHash} />],
    ['Dataset', <Hash key="dataset" value={provenance.datasetHash} />],
    ...(isTrained ? [checkpoint] : []),
    ['Beginning-of-text token', provenance.bosPolicy],
    ['Context size', <Quantity key="context" value={provenance.contextSize} unit="tokens" />],
    ...(isImported
      ? []
      : [[`Rows left out of ${isTrained ? 'training' : 'fitting'}`, excludedRows(run)] satisfies [string, ReactNode]]),
  ];
  const rests = [...architecture, ...(run.source === 'model' ? restsOfModel : [syntheticWords, checkpoint])];
  const hasWeights = isImported || run.status === 'succeeded' || run.nFeatures > 0;
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <div className="flex flex-wrap gap-2">
        <ButtonLink kind="primary" href={`/runs/new?from=${run.id}`}>
          New run from this
        </ButtonLink>
        <CopyButton text={JSON.stringify(run.resolvedConfig, null, 2)} label="Copy as JSON" />
        {hasWeights &&
          ['cfg.json', 'sae_weights.safetensors'].map((file) => (
            <a
              key={file}
              href={`/api/runs/${run.id}/dictionary/${file}`}
              download={file}
              className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover"
            >
              <Download size={14} aria-hidden />
              {file}
            </a>
          ))}
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel
          title={isImported ? 'What the files say' : 'Every value used'}
          aside={isImported ? 'and what was measured for the index' : 'defaults included'}
        >
          <Rows
            rows={config.map(([name, value]) => [
              <code key={name}>{name}</code>,
              <code key={`${name}-value`}>{typeof value === 'string' ? value : JSON.stringify(value)}</code>,
            ])}
          />
        </Panel>
        <Panel title="What these numbers rest on">
          <Rows rows={rests} />
        </Panel>
      </div>
    </div>
  );
}

const presetNames: Record<NonNullable<Run['preset']>, string> = {
  featurescope: 'featurescope: what works best here',
  saelens: 'SAELens: the defaults of SAELens 6.54.12',
};
const syntheticWords: [string, ReactNode] = [
  'Samples',
  'Made of the generator’s values alone: the same values give the same truths and samples',
];

function excludedRows({ provenance }: Run): string {
  if (!provenance.excludedRows) return '–';
  const { bos, outlierNorm } = provenance.excludedRows;
  return `${bos.toLocaleString('en-US')} beginning-of-text, ${outlierNorm.toLocaleString('en-US')} outlier norm`;
}

function Rows({ rows }: { rows: [ReactNode, ReactNode][] }) {
  if (rows.length === 0) return <p className="py-2 text-ink-3">Filled in when the run begins.</p>;
  return (
    <dl>
      {rows.map(([name, value], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
        <div key={i} className="flex min-h-8 items-baseline justify-between gap-4 border-line py-1.5 not-last:border-b">
          <dt className="shrink-0 text-ink-2">{name}</dt>
          <dd className="min-w-0 text-right break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const Hash = ({ value }: { value: string | null }) =>
  value === null ? (
    <span className="text-ink-3">–</span>
  ) : (
    <code className="text-[13px]" title={value}>
      {value.slice(0, 16)}
    </code>
  );
