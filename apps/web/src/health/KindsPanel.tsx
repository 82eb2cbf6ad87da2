'use client';

import type { HealthResultView, Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { ListNote } from '../analysis/AnalysisStatus.tsx';
import { FeatureName } from '../analysis/FeatureName.tsx';
import { Pager } from '../analysis/Pager.tsx';
import { kindFeaturesQuery } from '../analysis/queries.ts';
import { classNames } from '../ui/class-names.ts';
import { formatNumber, formatShare } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { useSearchState } from '../ui/use-search-state.ts';

const pageSize = 12;

/** Languages and kinds of document on the left, the features that prefer the one chosen on the right. */
export function KindsPanel({ run, result }: { run: Run; result: HealthResultView }) {
  const [search, setSearch] = useSearchState();
  const chosen = result.kinds.find(({ kind }) => kind === search.get('kind')) ?? result.kinds[0];
  if (!chosen) return null;
  return (
    <Panel flush title="Languages and kinds of document" aside="as the dataset names them">
      <div className="grid lg:grid-cols-2">
        <div className="max-h-[27rem] overflow-auto border-line lg:border-r">
          <table className="w-full text-sm" aria-label="Kinds of document">
            <thead className="sticky top-0 bg-surface">
              <tr className="border-b border-line text-xs text-ink-2">
                <th scope="col" className="h-8 px-4 text-left font-medium">
                  kind
                </th>
                <th scope="col" className="px-2 text-right font-medium">
                  tokens
                </th>
                <th scope="col" className="px-2 text-right font-medium">
                  <Term name="l0">L0</Term>
                </th>
                <th
                  scope="col"
                  className="px-4 text-right font-medium"
                  title="Features with more than half of their firings in this kind, and 20 or more of them"
                >
                  mostly here
                </th>
              </tr>
            </thead>
            <tbody>
              {result.kinds.map((kind) => (
                <tr
                  key={kind.kind}
                  className={classNames('border-line not-last:border-b', kind === chosen && 'bg-accent-soft')}
                >
                  <th scope="row" className="px-4 text-left font-normal">
                    <button
                      type="button"
                      aria-pressed={kind === chosen}
                      className="flex h-8 w-full items-center text-left hover:text-accent-ink"
                      onClick={() => setSearch({ kind: kind.kind, kindPage: null })}
                    >
                      {kind.kind || 'no kind'}
                    </button>
                  </th>
                  <td className="numeric px-2 text-right" title={formatShare(kind.nTokens / result.nTokens)}>
                    {formatNumber(kind.nTokens)}
                  </td>
                  <td className="numeric px-2 text-right">{formatNumber(kind.meanL0)}</td>
                  <td className="numeric px-4 text-right">{formatNumber(kind.nMostlyHere)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <KindFeatures key={chosen.kind} run={run} kind={chosen.kind} />
      </div>
    </Panel>
  );
}

function KindFeatures({ run, kind }: { run: Run; kind: string }) {
  const [search, setSearch] = useSearchState();
  const page = Math.max(0, Math.trunc(Number(search.get('kindPage') ?? 0)) || 0);
  const { data, error } = useQuery(kindFeaturesQuery(run.id, { kind, offset: page * pageSize, limit: pageSize }));
  if (error && !data)
    return (
      <div className="p-4">
        <InlineError error={error} />
      </div>
    );
  if (!data) return <SkeletonRows rows={8} />;
  if (data.total === 0)
    return <ListNote>No feature prefers this kind with 20 firings or more: it is short, or like the others.</ListNote>;
  return (
    <div>
      <table className="w-full table-fixed text-sm" aria-label={`Features that prefer ${kind}`}>
        <thead>
          <tr className="border-b border-line text-xs text-ink-2">
            <th scope="col" className="h-8 px-4 text-left font-medium">
              features that prefer it
            </th>
            <th scope="col" className="w-16 px-2 text-right font-medium">
              <Term name="lift">lift</Term>
            </th>
            <th scope="col" className="w-24 px-4 text-right font-medium">
              firings here
            </th>
          </tr>
        </thead>
        <tbody>
          {data.features.map((feature) => (
            <tr key={feature.index} className="border-line not-last:border-b">
              <td className="h-8 px-4">
                <FeatureName runId={run.id} feature={feature} />
              </td>
              <td className="numeric px-2 text-right">{formatNumber(feature.lift)}</td>
              <td
                className="numeric px-4 text-right"
                title={`${formatNumber(feature.nFiring)} firings, ${formatShare(feature.share)} of all it has`}
              >
                {formatShare(feature.share)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pager
        offset={page * pageSize}
        limit={pageSize}
        total={data.total}
        onChange={(offset) => setSearch({ kindPage: offset === 0 ? null : String(offset / pageSize) })}
      />
    </div>
  );
}
