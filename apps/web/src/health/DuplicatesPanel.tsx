'use client';

import type { HealthResultView, Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ListNote } from '../analysis/AnalysisStatus.tsx';
import { CosineBar } from '../analysis/CosineBar.tsx';
import { Pager } from '../analysis/Pager.tsx';
import { duplicatesQuery } from '../analysis/queries.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { PairRow } from './PairRow.tsx';

const pageSize = 10;

export function DuplicatesPanel({ run, result }: { run: Run; result: HealthResultView }) {
  const [offset, setOffset] = useState(0);
  const { data, error } = useQuery(duplicatesQuery(run.id, { offset, limit: pageSize }));
  return (
    <Panel flush title={<Term name="nearDuplicates">Nearly the same direction twice</Term>} aside="cosine above .9">
      {error && !data ? (
        <div className="p-4">
          <InlineError error={error} />
        </div>
      ) : !data ? (
        <SkeletonRows rows={4} />
      ) : data.total === 0 ? (
        <ListNote>No two features of this run are that near: none is there twice.</ListNote>
      ) : (
        <>
          <ul aria-label="Near-duplicate pairs">
            {data.pairs.map(({ first, second, cosine }) => (
              <PairRow key={`${first.index} ${second.index}`} runId={run.id} first={first} second={second}>
                <CosineBar value={cosine} />
              </PairRow>
            ))}
          </ul>
          {result.duplicates.nPairs > data.total && (
            <p className="px-4 py-2 text-xs text-ink-3">The nearest {data.total} pairs are kept.</p>
          )}
          <Pager offset={offset} limit={pageSize} total={data.total} onChange={setOffset} />
        </>
      )}
    </Panel>
  );
}
