'use client';

import type { FeatureCheck, FeatureCheckResult, FeatureDetail } from '@featurescope/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { featureCheckEstimateQuery, featureChecksQuery, isUnderWay, startFeatureCheck } from '../api/causal.ts';
import { Button } from '../ui/Button.tsx';
import { formatDuration, formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Ago, Quantity } from '../ui/Quantity.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { CheckProgressLine, CheckWithoutResult, DeleteCheck } from './CheckState.tsx';
import { EffectRows } from './EffectRows.tsx';
import { countBelow } from './effect-scale.ts';
import { HurtTokenLine } from './HurtTokenLine.tsx';

/** Whether the model needs the feature: what it loses with it clamped to zero, and what any change of that kind does. */
export function CausalPanel({ feature }: { feature: FeatureDetail }) {
  const client = useQueryClient();
  const { runId, index } = feature;
  const checks = useQuery(featureChecksQuery(runId, index));
  const start = useMutation({
    mutationFn: () => startFeatureCheck(runId, index),
    onSuccess: () => client.invalidateQueries({ queryKey: ['causal', runId] }),
  });
  const [latest] = checks.data ?? [];
  const busy = start.isPending || (latest !== undefined && isUnderWay(latest));
  if (feature.dead) return null;
  return (
    <Panel
      title={<Term name="causalCheck" />}
      aside={
        <>
          {latest && !isUnderWay(latest) && <DeleteCheck check={latest} />}
          <Button className="h-7 text-xs" disabled={busy || checks.isPending} onClick={() => start.mutate()}>
            {latest ? 'Check again' : 'Check'}
          </Button>
        </>
      }
    >
      {checks.isPending ? (
        <Skeleton className="h-16 w-full" />
      ) : checks.isError ? (
        <InlineError error={checks.error} />
      ) : !latest ? (
        <Invitation runId={runId} />
      ) : isUnderWay(latest) ? (
        <CheckProgressLine check={latest} what="The check" />
      ) : latest.result ? (
        <CheckResult check={latest} result={latest.result} maximum={feature.maxActivation} />
      ) : (
        <CheckWithoutResult check={latest} />
      )}
      {start.isError && (
        <div className="mt-2">
          <InlineError title="The check was not started." error={start.error} />
        </div>
      )}
    </Panel>
  );
}

function Invitation({ runId }: { runId: string }) {
  const estimate = useQuery(featureCheckEstimateQuery(runId));
  return (
    <>
      <p className="text-ink-2">
        Does the model use this feature? The check turns it off on texts where it fires and on texts where it does not,
        and measures how much worse each next token is predicted, beside random features and random directions.
      </p>
      <p className="mt-1 min-h-4 text-xs text-ink-3" title={estimate.data?.basis}>
        {estimate.data &&
          `About ${formatDuration(Math.max(1, estimate.data.seconds))}: ${formatNumber(estimate.data.nPasses)} passes of one text through the model.`}
        {estimate.isError && estimate.error.message}
      </p>
    </>
  );
}

function CheckResult({ check, result, maximum }: { check: FeatureCheck; result: FeatureCheckResult; maximum: number }) {
  const { feature, peers, directions, silent, hurt, ceClean } = result;
  const rows = (which: 'atFiring' | 'inContext') => [
    { name: 'This feature', effects: [feature[which]], kind: 'own' as const },
    { name: <Term name="peerFeatures" />, effects: peers.map((peer) => peer[which]), kind: 'null' as const },
    { name: <Term name="randomDirections" />, effects: directions.map((each) => each[which]), kind: 'null' as const },
  ];
  return (
    <>
      <p>{verdict(result)}</p>
      <h3 className="mt-3 mb-1 text-xs font-medium text-ink-2">
        Change of <Term name="ceClean">cross-entropy</Term> on tokens where it fires
      </h3>
      <EffectRows label="Change on tokens where it fires" rows={rows('atFiring')} />
      <h3 className="mt-3 mb-1 text-xs font-medium text-ink-2">On all tokens of those texts</h3>
      <EffectRows label="Change on all tokens of those texts" rows={rows('inContext')} />
      <p className="mt-3 text-xs text-ink-3">
        Nats a token, above 0 is worse; bars are <Term name="bootstrapInterval" />. Over{' '}
        <Quantity value={feature.atFiring.nTokens} /> firing tokens of <Quantity value={feature.inContext.nContexts} />{' '}
        texts, on which the unchanged model has <Quantity value={ceClean.atFiring} /> nats.{' '}
        {silent.largestChange === 0
          ? `In ${formatNumber(silent.nContexts)} texts where it is silent no token changed at all, as it must be.`
          : `In texts where it is silent a token changed by up to ${formatNumber(silent.largestChange)} nats: that should not be.`}{' '}
        Checked <Ago time={check.finishedAt} />.
      </p>
      {hurt.length > 0 && (
        <>
          <h3 className="mt-3 mb-1 text-xs font-medium text-ink-2">Tokens that lose most</h3>
          <ol className="flex flex-col" aria-label="Tokens that lose most">
            {hurt.slice(0, 8).map((token, i) => (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: the list is ordered and never changes
                key={i}
                className="grid grid-cols-[minmax(0,1fr)_4.5rem] items-center gap-3 border-line py-1 not-last:border-b"
                title={`${token.documentName}: from ${formatNumber(token.ceClean)} to ${formatNumber(token.ceClamped)} nats`}
              >
                <HurtTokenLine token={token} maximum={maximum} />
                <span className="text-right font-mono text-[13px]">
                  +<Quantity value={token.change} />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

/** What the check found, in one sentence. */
function verdict({ feature: { atFiring }, peers, directions }: FeatureCheckResult): string {
  const { mean, interval } = atFiring;
  if (atFiring.nTokens === 0)
    return 'It fires on none of the sampled tokens that have a next one, so there is nothing to say.';
  const where = `nats a token where it fires${interval ? ` (95% ${formatNumber(interval[0])} to ${formatNumber(interval[1])})` : ', over too few texts for an interval'}`;
  const unclear = interval !== null && interval[0] <= 0 && interval[1] >= 0;
  const effect = unclear
    ? `Turning it off changes ${formatNumber(mean)} ${where}, which may be nothing`
    : `Turning it off ${mean > 0 ? 'costs' : 'helps by'} ${formatNumber(Math.abs(mean))} ${where}`;
  const against = (nulls: { atFiring: typeof atFiring }[], what: string) =>
    `${countBelow(
      atFiring,
      nulls.map((each) => each.atFiring),
    )} of ${nulls.length} ${what}`;
  return `${effect}. That is a greater loss than with ${against(peers, 'random features')} and ${against(directions, 'random directions')}.`;
}
