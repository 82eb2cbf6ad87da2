import type { RecoveredFeature } from '@featurescope/contracts';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Panel } from '../ui/Panel.tsx';
import { Quantity, Share } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';

/** The truth that a feature found, how well its firing tells of it, and which truth comes next. */
export function FoundTruth({ runId, recovered }: { runId: string; recovered: RecoveredFeature }) {
  const { best, second, matched, precision, recall, classPurity } = recovered;
  const rows: [ReactNode, ReactNode][] = [
    [`Cosine with truth ${best.index}`, <Quantity key="cosine" value={best.cosine} decimals={3} />],
    [
      second ? `Second best, truth ${second.index}` : 'Second best',
      <Quantity key="second" value={second?.cosine} decimals={3} />,
    ],
    [<Term key="term" name="truthPrecision" />, <Share key="precision" value={precision} />],
    [<Term key="term" name="truthRecall" />, <Share key="recall" value={recall} />],
    ...(classPurity && classPurity.class >= 0
      ? [
          [
            <span key="term">
              <Term name="classPurity" />, class {classPurity.class}
            </span>,
            <Share key="purity" value={classPurity.purity} />,
          ] satisfies [ReactNode, ReactNode],
        ]
      : []),
  ];
  return (
    <Panel
      title="The truth it found"
      aside={
        <Link href={`/runs/${runId}/ground-truth`} className="text-accent-ink hover:underline">
          All truths
        </Link>
      }
    >
      <p className="pb-2 text-ink-2">
        {matched
          ? `Truth ${best.index} is matched with this latent.`
          : `Truth ${best.index} is the nearest, but the one-to-one matching gives it to another latent.`}
      </p>
      <dl>
        {rows.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
          <div key={i} className="flex h-8 items-center justify-between gap-3 border-line not-last:border-b">
            <dt className="text-ink-2">{name}</dt>
            <dd className="font-mono">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
