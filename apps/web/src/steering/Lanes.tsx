'use client';

import type { LaneName, LaneToken, SteeringExperiment } from '@featurescope/contracts';
import { useMemo } from 'react';
import type { TermName } from '../ui/definitions.ts';
import { formatNumber } from '../ui/format.ts';
import { InlineError } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { TokenText } from '../ui/Token.tsx';
import { unmatchedInResult, unmatchedTokens } from './token-difference.ts';

const laneTitles: Record<LaneName, { title: string; term?: TermName }> = {
  baseline: { title: 'Unsteered' },
  steered: { title: 'Steered', term: 'steering' },
  control: { title: 'Control', term: 'control' },
};

const none: ReadonlySet<number> = new Set();

/** The three texts side by side as they are written; tokens without a partner in the unsteered text are underlined. */
export function Lanes({ experiment }: { experiment: SteeringExperiment }) {
  const { lanes, result, status, failure } = experiment;
  const steered = useMemo(
    () => (result ? unmatchedInResult(result.diff) : unmatchedTokens(lanes.baseline, lanes.steered)),
    [result, lanes.baseline, lanes.steered],
  );
  const control = useMemo(() => unmatchedTokens(lanes.baseline, lanes.control ?? []), [lanes.baseline, lanes.control]);
  const writing = status === 'running';
  const done = result !== null;
  return (
    <div className="min-w-0">
      <div className="rounded-lg border border-line bg-surface">
        <p className="border-b border-line px-4 py-2.5 font-mono text-[13px] break-words whitespace-pre-wrap text-ink-2">
          <span className="mr-2 font-sans text-xs text-ink-3">Prompt</span>
          {experiment.promptTokens.length > 0
            ? experiment.promptTokens.map((token, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
                <TokenText key={i} text={token.text} breaks />
              ))
            : experiment.request.prompt}
        </p>
        <div className="grid divide-line max-md:divide-y md:auto-cols-fr md:grid-flow-col md:divide-x">
          <Lane name="baseline" tokens={lanes.baseline} marked={none} writing={writing} />
          <Lane name="steered" tokens={lanes.steered} marked={steered} writing={writing} />
          {lanes.control && <Lane name="control" tokens={lanes.control} marked={control} writing={writing} />}
        </div>
      </div>
      <p className="mt-2 text-xs text-ink-3" aria-live="polite">
        {writing
          ? 'Writing. The page may be left; the experiment is kept.'
          : done &&
            (result.firstDivergence === null
              ? 'The steered text is the same, token by token: try a greater strength.'
              : `The first different token is number ${result.firstDivergence + 1}. Underlined: tokens without a partner in the unsteered text.`)}
      </p>
      {failure && <InlineError title="The experiment failed." error={new Error(failure.message)} />}
    </div>
  );
}

function Lane({
  name,
  tokens,
  marked,
  writing,
}: {
  name: LaneName;
  tokens: LaneToken[];
  marked: ReadonlySet<number>;
  writing: boolean;
}) {
  const { title, term } = laneTitles[name];
  return (
    <section aria-label={title} className="min-w-0 px-4 py-3">
      <h2 className="mb-2 text-sm font-semibold">{term ? <Term name={term}>{title}</Term> : title}</h2>
      <p className="min-h-32 font-mono text-[13px] leading-6 break-words whitespace-pre-wrap">
        {tokens.map((token, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
            key={i}
            title={`probability ${formatNumber(Math.exp(token.logProbability))}`}
            className={marked.has(i) ? 'underline decoration-accent decoration-2 underline-offset-4' : undefined}
          >
            <TokenText text={token.text} breaks />
          </span>
        ))}
        {writing && <span className="ml-0.5 inline-block h-4 w-1.5 translate-y-0.5 bg-accent" aria-hidden />}
        {!writing && tokens.length === 0 && <span className="font-sans text-ink-3">Nothing was written.</span>}
      </p>
    </section>
  );
}
