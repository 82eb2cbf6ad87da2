'use client';

import type { Comparison, ComparisonResult } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams, useRouter } from 'next/navigation';
import { AnalysisStatus } from '../analysis/AnalysisStatus.tsx';
import { createComparison, deleteAnalysis } from '../analysis/commands.ts';
import { comparisonQuery } from '../analysis/queries.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { formatFixed, formatNumber, formatShare } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ErrorState, InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { useSearchState } from '../ui/use-search-state.ts';
import { CosineHistogram } from './CosineHistogram.tsx';
import { describePlace, describeSide } from './describe.ts';
import { FateLists } from './FateLists.tsx';
import { ThresholdField, thresholdOf } from './ThresholdField.tsx';

export function ComparisonPage() {
  const { id } = useParams<{ id: string }>();
  const router = useRouter();
  const [search] = useSearchState();
  const threshold = thresholdOf(search.get('threshold'));
  const { data: comparison, error, refetch } = useQuery(comparisonQuery(id, threshold));
  const removal = useMutation({ mutationFn: () => deleteAnalysis(id), onSuccess: () => router.push('/compare') });
  const all = <ButtonLink href="/compare">All comparisons</ButtonLink>;
  if (!comparison)
    return error ? (
      <ErrorState title="This comparison could not be loaded" error={error} retry={refetch} action={all} />
    ) : (
      <SkeletonRows rows={10} />
    );
  return (
    <Page
      title={`${comparison.a.runName} → ${comparison.b.runName}`}
      description={<SideLinks comparison={comparison} />}
      actions={
        <Button kind="quiet" disabled={removal.isPending} onClick={() => removal.mutate()}>
          Remove this comparison
        </Button>
      }
    >
      {removal.error && <InlineError title="It was not removed." error={removal.error} />}
      <AnalysisStatus state={comparison} what="The comparison" retry={() => retry(comparison).then(() => refetch())} />
      {comparison.result && <Result comparison={comparison} result={comparison.result} threshold={threshold} />}
    </Page>
  );
}

async function retry({ a, b }: Comparison): Promise<void> {
  const choice = (side: Comparison['a']) => ({
    runId: side.runId,
    ...(side.step === null ? {} : { step: side.step }),
  });
  await createComparison({ a: choice(a), b: choice(b) });
}

function SideLinks({ comparison: { a, b } }: { comparison: Comparison }) {
  const isSamePlace = a.place === b.place;
  return (
    <span className="flex flex-col">
      {[a, b].map((side, i) => (
        <span key={side.runId + String(side.step)}>
          {i === 0 ? 'First' : 'Second'}:{' '}
          <Link href={`/runs/${side.runId}`} className="text-accent-ink hover:underline">
            {side.runName}
          </Link>{' '}
          · {describeSide(side)}
          {(i === 0 || !isSamePlace) && ` · ${describePlace(side)}`}
        </span>
      ))}
    </span>
  );
}

function Result({
  comparison,
  result,
  threshold,
}: {
  comparison: Comparison;
  result: ComparisonResult;
  threshold: number;
}) {
  const isMixed = comparison.a.place !== comparison.b.place;
  return (
    <>
      {isMixed && (
        <p className="rounded-md bg-warn-soft px-3 py-2">
          The two are of different activations: their coordinates need not mean the same.
        </p>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="How much is in both" flush>
          <SharesTable result={result} comparison={comparison} />
          <p className="px-4 py-3 text-xs text-ink-3">
            {result.method === 'hungarian'
              ? 'Features are paired one to one so that all cosines together are as large as can be.'
              : 'Features are paired where each is the other’s nearest: above 4,096 latents the best pairing is too costly.'}{' '}
            {result.all.nA !== result.all.nB &&
              'The sizes differ: of the larger dictionary no more than the smaller one’s number can be matched.'}
          </p>
        </Panel>
        <Panel title={<Term name="matchCosine">Cosines of the pairs</Term>}>
          <CosineHistogram result={result} threshold={threshold} />
        </Panel>
      </div>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div>
          <h2 className="text-base font-semibold">What became of each feature</h2>
          <p className="text-ink-2">Each feature has one fate at the threshold chosen. Click one to open it.</p>
        </div>
        <ThresholdField threshold={threshold} />
      </div>
      <FateLists comparison={comparison} threshold={threshold} />
    </>
  );
}

function SharesTable({ result, comparison }: { result: ComparisonResult; comparison: Comparison }) {
  const { all, alive, random } = result;
  const isEven = all.nA === all.nB;
  const rows = all.above.map((above, i) => ({ above, alive: alive?.above[i], random: random.above[i] }));
  const share = (of: { shareOfA: number; shareOfB: number } | undefined, pairs = false) => {
    if (!of) return '–';
    if (isEven && !pairs) return formatShare(of.shareOfA);
    return `${formatShare(of.shareOfA)} · ${formatShare(of.shareOfB)}`;
  };
  const cell = 'numeric h-9 px-2 text-right last:pr-4 sm:whitespace-nowrap';
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm" aria-label="Share of features matched">
        <thead>
          <tr className="border-b border-line text-xs text-ink-2">
            <th scope="col" className="h-8 pl-4 text-left font-medium">
              Matched above
            </th>
            <th scope="col" className="px-2 text-right font-medium last:pr-4">
              all features
            </th>
            {alive && (
              <th scope="col" className="px-2 text-right font-medium last:pr-4">
                that fire
              </th>
            )}
            <th scope="col" className="px-2 text-right font-medium last:pr-4">
              <Term name="randomMatch">by chance</Term>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ above, alive: live, random: chance }) => (
            <tr key={above.cosine} className="border-b border-line">
              <th scope="row" className="px-4 text-left font-normal">
                cosine {formatFixed(above.cosine, 1)}
              </th>
              <td className={`${cell} font-semibold`} title={`${above.nPairs} pairs`}>
                {share(above)}
              </td>
              {alive && (
                <td className={cell} title={live && `${live.nPairs} pairs`}>
                  {share(live, alive.nA !== alive.nB)}
                </td>
              )}
              <td className={`${cell} text-ink-3`} title={`${chance.nPairs} pairs`}>
                {share(chance)}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row" className="px-4 text-left font-normal">
              <Term name="matchCosine">mean cosine</Term>
            </th>
            <td className={cell}>{formatFixed(all.meanCosine, 2)}</td>
            {alive && <td className={cell}>{formatFixed(alive.meanCosine, 2)}</td>}
            <td className={`${cell} text-ink-3`}>{formatFixed(random.meanCosine, 2)}</td>
          </tr>
        </tbody>
      </table>
      <p className="border-t border-line px-4 pt-2 text-xs text-ink-3">
        {formatNumber(all.nA)} features of {comparison.a.runName}, {formatNumber(all.nB)} of {comparison.b.runName}.
        {(!isEven || (alive && alive.nA !== alive.nB)) && ' Two shares: of the first, and of the second.'}
      </p>
    </div>
  );
}
