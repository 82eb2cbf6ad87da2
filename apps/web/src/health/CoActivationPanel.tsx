'use client';

import type { HealthResultView, Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ListNote } from '../analysis/AnalysisStatus.tsx';
import { FeatureName } from '../analysis/FeatureName.tsx';
import { Pager } from '../analysis/Pager.tsx';
import { blocksQuery, coActivationQuery } from '../analysis/queries.ts';
import { formatFixed, formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { PairRow } from './PairRow.tsx';

type View = 'jaccard' | 'npmi' | 'blocks';

/** Features that fire on the same tokens: pairs by either measure, and the groups they make. */
export function CoActivationPanel({ run, result }: { run: Run; result: HealthResultView }) {
  const [view, setView] = useState<View>('jaccard');
  const { coActivation } = result;
  return (
    <Panel
      flush
      title={<Term name="coActivation">Firing together</Term>}
      aside={
        <SegmentedControl<View>
          label="What is shown"
          value={view}
          options={[
            { value: 'jaccard', label: 'Jaccard' },
            { value: 'npmi', label: 'PMI' },
            { value: 'blocks', label: 'Groups' },
          ]}
          onChange={setView}
        />
      }
    >
      {view === 'blocks' ? <Blocks run={run} /> : <Pairs key={view} run={run} order={view} />}
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
        {formatNumber(coActivation.nPairs)} pairs share {coActivation.minBoth} tokens or more of{' '}
        {formatNumber(coActivation.nTokens)}; the strongest are listed.
      </p>
    </Panel>
  );
}

const pageSize = 10;

function Pairs({ run, order }: { run: Run; order: 'jaccard' | 'npmi' }) {
  const [offset, setOffset] = useState(0);
  const { data, error } = useQuery(coActivationQuery(run.id, { order, offset, limit: pageSize }));
  return (
    <Loaded data={data} error={error}>
      {data?.total === 0 ? (
        <ListNote>No two features fire together on ten tokens or more.</ListNote>
      ) : (
        <>
          <ul aria-label="Pairs that fire together">
            {data?.pairs.map(({ first, second, nBoth, jaccard, npmi }) => (
              <PairRow key={`${first.index} ${second.index}`} runId={run.id} first={first} second={second}>
                <span className="numeric block text-right" title={`Jaccard ${jaccard}, normalised PMI ${npmi}`}>
                  <span className="text-xs text-ink-3">
                    <Term name={order} />{' '}
                  </span>
                  <span className="font-mono text-[13px]">{formatFixed(order === 'jaccard' ? jaccard : npmi, 2)}</span>
                  <span className="block text-xs text-ink-3">{formatNumber(nBoth)} tokens</span>
                </span>
              </PairRow>
            ))}
          </ul>
          <Pager offset={offset} limit={pageSize} total={data?.total ?? 0} onChange={setOffset} />
        </>
      )}
    </Loaded>
  );
}

function Blocks({ run }: { run: Run }) {
  const [offset, setOffset] = useState(0);
  const { data, error } = useQuery(blocksQuery(run.id, { offset, limit: pageSize }));
  return (
    <Loaded data={data} error={error}>
      {data?.total === 0 ? (
        <ListNote>No group: no two features share half of their tokens.</ListNote>
      ) : (
        <>
          <ul aria-label="Groups that fire together">
            {data?.blocks.map(({ size, nPairs, features }) => (
              <li key={features[0].index} className="border-t border-line px-4 py-1.5 text-sm">
                <span className="text-xs text-ink-3">
                  {formatNumber(size)} features, {formatNumber(nPairs)} pairs with Jaccard of .5 or more
                </span>
                {features.map((feature) => (
                  <FeatureName key={feature.index} runId={run.id} feature={feature} />
                ))}
                {size > features.length && (
                  <span className="text-xs text-ink-3">and {size - features.length} more</span>
                )}
              </li>
            ))}
          </ul>
          <Pager offset={offset} limit={pageSize} total={data?.total ?? 0} onChange={setOffset} />
        </>
      )}
    </Loaded>
  );
}

function Loaded({ data, error, children }: { data: unknown; error: unknown; children: ReactNode }) {
  if (data) return children;
  if (!error) return <SkeletonRows rows={4} />;
  return (
    <div className="p-4">
      <InlineError error={error} />
    </div>
  );
}
