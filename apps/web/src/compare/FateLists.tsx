'use client';

import type { Comparison, ComparisonFate, FateCounts } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ListNote } from '../analysis/AnalysisStatus.tsx';
import { CosineBar } from '../analysis/CosineBar.tsx';
import { FeatureName } from '../analysis/FeatureName.tsx';
import { Pager } from '../analysis/Pager.tsx';
import { comparedFeaturesQuery } from '../analysis/queries.ts';
import { classNames } from '../ui/class-names.ts';
import type { TermName } from '../ui/definitions.ts';
import { formatNumber, formatShare } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { useSearchState } from '../ui/use-search-state.ts';

const pageSize = 25;

interface List {
  key: string;
  term: TermName;
  side: 'a' | 'b';
  fate: ComparisonFate;
  /** Under the name, what is counted. */
  of: string;
  empty: string;
}

/** One list a fate. Lost features are the first dictionary's, new ones the second's. */
const lists: List[] = [
  { key: 'stable', term: 'stable', side: 'a', fate: 'stable', of: 'in both', empty: 'No pair is above the threshold.' },
  {
    key: 'split',
    term: 'split',
    side: 'a',
    fate: 'split',
    of: 'of the first, into several',
    empty: 'No feature of the first dictionary is the nearest of two or more of the second.',
  },
  {
    key: 'merged',
    term: 'split',
    side: 'b',
    fate: 'split',
    of: 'of the second, from several',
    empty: 'No feature of the second dictionary is the nearest of two or more of the first.',
  },
  {
    key: 'lost',
    term: 'lost',
    side: 'a',
    fate: 'lost',
    of: 'only in the first',
    empty: 'Every feature of the first dictionary has something near in the second.',
  },
  {
    key: 'new',
    term: 'newFeature',
    side: 'b',
    fate: 'lost',
    of: 'only in the second',
    empty: 'Every feature of the second dictionary has something near in the first.',
  },
];
const names: Record<string, string> = {
  stable: 'Stable',
  split: 'Split',
  merged: 'Merged',
  lost: 'Lost',
  new: 'New',
};

export function FateLists({ comparison, threshold }: { comparison: Comparison; threshold: number }) {
  const [search, setSearch] = useSearchState();
  const list = lists.find(({ key }) => key === search.get('list')) ?? lists[0];
  const { fates } = comparison;
  return (
    <>
      <div role="tablist" aria-label="Fates" className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-5">
        {lists.map(({ key, side, fate, of }) => (
          <button
            key={key}
            type="button"
            role="tab"
            aria-selected={key === list.key}
            onClick={() => setSearch({ list: key === lists[0].key ? null : key, page: null })}
            className={classNames(
              'flex flex-col rounded-lg border px-3 py-2 text-left',
              key === list.key ? 'border-accent bg-accent-soft' : 'border-line bg-surface hover:bg-hover',
            )}
          >
            <span className="text-xs text-ink-2">{names[key]}</span>
            <span className="numeric text-lg font-semibold">{fates ? formatNumber(fates[side][fate]) : '–'}</span>
            <span className="text-xs text-ink-3">{of}</span>
          </button>
        ))}
      </div>
      {fates && (
        <p className="text-xs text-ink-3">
          First: {remainder(fates.a)}. Second: {remainder(fates.b)}.
        </p>
      )}
      <FateList key={list.key} comparison={comparison} threshold={threshold} list={list} />
    </>
  );
}

const remainder = ({ shared, dead }: FateCounts) =>
  `${formatNumber(shared)} more are near a feature that is paired with another, ${formatNumber(dead)} never fire`;

function FateList({ comparison, threshold, list }: { comparison: Comparison; threshold: number; list: List }) {
  const [search, setSearch] = useSearchState();
  const page = Math.max(0, Math.trunc(Number(search.get('page') ?? 0)) || 0);
  const query = { side: list.side, fate: list.fate, threshold, offset: page * pageSize, limit: pageSize };
  const { data, error } = useQuery(comparedFeaturesQuery(comparison.id, query));
  const [own, other] = list.side === 'a' ? [comparison.a, comparison.b] : [comparison.b, comparison.a];
  const head: [ReactNode, ReactNode] = [
    `Feature of ${own.runName}`,
    list.fate === 'lost' ? `Nearest of ${other.runName}, all the same` : `Of ${other.runName}`,
  ];
  return (
    <Panel flush title={list.key === 'merged' ? 'Merged' : <Term name={list.term} />} aside={orders[list.fate]}>
      {error && !data ? (
        <div className="p-4">
          <InlineError error={error} />
        </div>
      ) : !data ? (
        <SkeletonRows rows={8} />
      ) : data.total === 0 ? (
        <ListNote>{list.empty}</ListNote>
      ) : (
        <>
          <table className="w-full table-fixed text-sm" aria-label={names[list.key]}>
            <thead>
              <tr className="border-b border-line text-xs text-ink-2">
                <th scope="col" className="h-8 w-[45%] px-4 text-left font-medium">
                  {head[0]}
                </th>
                <th scope="col" className="w-16 px-2 text-right font-medium max-md:hidden">
                  <Term name="density">density</Term>
                </th>
                <th scope="col" className="px-4 text-left font-medium">
                  {head[1]}
                </th>
              </tr>
            </thead>
            <tbody>
              {data.features.map((feature) => (
                <tr key={feature.index} className="border-line align-top not-last:border-b">
                  <td className="px-4 py-1.5">
                    <FeatureName runId={own.runId} feature={feature} opens={own.hasFeatures} />
                  </td>
                  <td className="numeric px-2 py-1.5 text-right text-xs leading-5 text-ink-3 max-md:hidden">
                    {formatShare(feature.density)}
                  </td>
                  <td className="px-4 py-1.5">
                    <ul className="flex flex-col gap-0.5">
                      {feature.partners.map((partner) => (
                        <li key={partner.index} className="flex min-w-0 items-baseline justify-between gap-3">
                          <FeatureName runId={other.runId} feature={partner} opens={other.hasFeatures} />
                          <CosineBar value={partner.cosine} />
                        </li>
                      ))}
                    </ul>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Pager
            offset={page * pageSize}
            limit={pageSize}
            total={data.total}
            onChange={(offset) => setSearch({ page: offset === 0 ? null : String(offset / pageSize) })}
          />
        </>
      )}
    </Panel>
  );
}

const orders: Record<ComparisonFate, string> = {
  stable: 'nearest pairs first',
  split: 'most parts first',
  shared: 'most active first',
  lost: 'most active first',
};
