'use client';

import type { AbsorptionDetail, AbsorptionResultView } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams, useRouter } from 'next/navigation';
import { AnalysisStatus, ListNote } from '../analysis/AnalysisStatus.tsx';
import { createAbsorption, deleteAnalysis } from '../analysis/commands.ts';
import { FeatureName } from '../analysis/FeatureName.tsx';
import { absorptionQuery } from '../analysis/queries.ts';
import { useRun } from '../run/RunFrame.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Figure, Figures } from '../ui/Figure.tsx';
import { formatFixed, formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Share } from '../ui/Quantity.tsx';
import { ErrorState, InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { conceptName } from './concept.ts';

export function AbsorptionPage() {
  const run = useRun();
  const router = useRouter();
  const { absorptionId } = useParams<{ absorptionId: string }>();
  const { data, error, refetch } = useQuery(absorptionQuery(absorptionId));
  const back = `/runs/${run.id}/health`;
  const removal = useMutation({ mutationFn: () => deleteAnalysis(absorptionId), onSuccess: () => router.push(back) });
  if (!data)
    return error ? (
      <ErrorState
        title="This could not be loaded"
        error={error}
        retry={refetch}
        action={<ButtonLink href={back}>Health of this run</ButtonLink>}
      />
    ) : (
      <SkeletonRows />
    );
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <Link href={back} className="text-xs text-accent-ink hover:underline">
            Health
          </Link>
          <h2 className="text-base font-semibold">{conceptName(data.concept)}</h2>
        </div>
        <Button kind="quiet" disabled={removal.isPending} onClick={() => removal.mutate()}>
          Remove
        </Button>
      </div>
      {removal.error && <InlineError title="It was not removed." error={removal.error} />}
      <AnalysisStatus
        state={data}
        what="The search"
        retry={() => createAbsorption(run.id, data.concept).then(() => refetch())}
      />
      {data.result && <Result runId={run.id} detail={data} result={data.result} />}
    </div>
  );
}

function Result({ runId, detail, result }: { runId: string; detail: AbsorptionDetail; result: AbsorptionResultView }) {
  const { nTrain, nTest } = result;
  return (
    <>
      <Figures>
        <Figure
          term="fullAbsorption"
          value={<Share value={result.fullRate} />}
          note={`${formatNumber(result.nFull)} of ${formatNumber(result.nTruePositives)} tokens`}
        />
        <Figure term="absorptionFraction" value={<Share value={result.meanFraction} />} note="mean over those tokens" />
        <Figure
          term="mainLatents"
          value={formatNumber(detail.main.filter(({ isMain }) => isMain).length)}
          note={`silent on ${formatNumber(result.nMainSilent)} of those tokens`}
        />
        <Figure term="probe" value={`F1 ${formatFixed(result.probe.f1, 2)}`} note="on words it has not seen" />
      </Figures>
      <p className="max-w-3xl text-xs text-ink-3">
        {formatNumber(result.nPositiveTokens)} tokens of the vocabulary have the concept,{' '}
        {formatNumber(result.nNegativeTokens)} other word beginnings do not. The probe learnt from{' '}
        {formatNumber(nTrain.positive)} + {formatNumber(nTrain.negative)} occurrences in the run’s text and is judged by{' '}
        {formatNumber(nTest.positive)} + {formatNumber(nTest.negative)} others. Read in running text at the dictionary’s
        own hook point, where the paper uses a spelling prompt.
        {result.unknown.length > 0 && ` No token of this model: ${result.unknown.join(', ')}.`}
      </p>
      {result.probe.f1 < 0.5 && (
        <p className="max-w-3xl rounded-md bg-warn-soft px-3 py-2">
          The probe itself finds this concept badly (F1 below .5): the model may hardly represent it at this hook point,
          and the shares above then mean little.
        </p>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <MainFeatures runId={runId} main={detail.main} />
        <Absorbers runId={runId} absorbers={detail.absorbers} />
      </div>
      <JudgedTokens runId={runId} tokens={detail.tokens} />
    </>
  );
}

function MainFeatures({ runId, main }: { runId: string; main: AbsorptionDetail['main'] }) {
  return (
    <Panel flush title={<Term name="mainLatents">Features that stand for it</Term>} aside={<Term name="probeF1" />}>
      {main.length === 0 ? (
        <ListNote>No feature tells these words from others.</ListNote>
      ) : (
        <ol>
          {main.map((feature) => (
            <li key={feature.k} className="flex h-8 items-center gap-3 border-t border-line px-4 text-sm">
              <span className={feature.isMain ? 'min-w-0 flex-1' : 'min-w-0 flex-1 opacity-60'}>
                <FeatureName runId={runId} feature={feature} />
              </span>
              <span className="shrink-0 text-xs text-ink-3">
                {feature.isMain ? `main, cosine ${formatFixed(feature.cosine, 2)}` : 'adds too little'}
              </span>
              <span className="numeric w-10 shrink-0 text-right font-mono text-[13px]">
                {formatFixed(feature.f1, 2)}
              </span>
            </li>
          ))}
        </ol>
      )}
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
        F1 of a probe on the features so far, on words it has not seen. One more counts as long as F1 grows by more than
        .03.
      </p>
    </Panel>
  );
}

function Absorbers({ runId, absorbers }: { runId: string; absorbers: AbsorptionDetail['absorbers'] }) {
  return (
    <Panel flush title="Features that absorb" aside="tokens">
      {absorbers.length === 0 ? (
        <ListNote>None: on no token does another feature carry the concept alone.</ListNote>
      ) : (
        <ul>
          {absorbers.map((feature) => (
            <li key={feature.index} className="flex items-center gap-3 border-t border-line px-4 py-1.5 text-sm">
              <span className="min-w-0 flex-1">
                <FeatureName runId={runId} feature={feature} />
                <span className="block truncate text-xs text-ink-3">
                  on {feature.tokens.map((token) => `“${token.trim()}”`).join(', ')}
                </span>
              </span>
              <span className="shrink-0 text-xs text-ink-3">cosine {formatFixed(feature.cosine, 2)}</span>
              <span className="numeric w-8 shrink-0 text-right font-mono text-[13px]">{feature.n}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function JudgedTokens({ runId, tokens }: { runId: string; tokens: AbsorptionDetail['tokens'] }) {
  return (
    <Panel flush title="Tokens that were judged" aside="absorbed ones first">
      {tokens.length === 0 ? (
        <ListNote>The probe found none of the words it was judged by.</ListNote>
      ) : (
        <ul className="max-h-[32rem] overflow-auto">
          {tokens.map((token, i) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
              key={i}
              className="grid grid-cols-1 gap-x-4 border-t border-line px-4 py-1 text-sm sm:grid-cols-[minmax(0,1fr)_8.5rem_minmax(0,16rem)]"
            >
              <InContext token={token} />
              <span className="text-xs text-ink-2 sm:leading-5">{verdict(token)}</span>
              <span className="min-w-0 text-xs sm:leading-5">
                {token.strongest && <FeatureName runId={runId} feature={token.strongest} />}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
        The feature named is the one with the greatest projection on the probe.
      </p>
    </Panel>
  );
}

function verdict({ isFull, mainFires, fraction }: AbsorptionDetail['tokens'][number]): string {
  if (isFull) return 'absorbed';
  if (!mainFires) return fraction > 0 ? 'silent, spread over several' : 'silent, carried by none';
  return fraction > 0 ? `in part, ${formatFixed(fraction, 2)}` : 'main feature fires';
}

/** The token with what stands before and after it, itself always in sight. */
function InContext({ token }: { token: AbsorptionDetail['tokens'][number] }) {
  const line = (text: string) => text.replaceAll('\n', '⏎');
  return (
    <span className="flex min-w-0 font-mono text-[13px] whitespace-pre">
      <span className="flex min-w-0 flex-1 justify-end overflow-hidden text-ink-3">
        <span>{line(token.before)}</span>
      </span>
      <span className="shrink-0 rounded bg-accent-soft font-semibold text-accent-ink">{line(token.token)}</span>
      <span className="min-w-0 flex-1 overflow-hidden text-ink-3">{line(token.after)}</span>
    </span>
  );
}
