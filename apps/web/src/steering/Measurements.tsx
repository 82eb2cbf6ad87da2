'use client';

import type { SteeringExperiment } from '@featurescope/contracts';
import Link from 'next/link';
import { Figure, Figures } from '../ui/Figure.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';
import { KlStrip } from './KlStrip.tsx';

/** What the change did, in numbers: divergence token by token, requested against achieved activation, perplexity. */
export function Measurements({ experiment }: { experiment: SteeringExperiment }) {
  const { result } = experiment;
  if (!result) return null;
  const { perplexity, klPerToken } = result;
  const meanKl = klPerToken.length > 0 ? klPerToken.reduce((sum, kl) => sum + kl, 0) / klPerToken.length : null;
  return (
    <>
      <Figures>
        <Figure term="perplexity" value={<Quantity value={perplexity.baseline} />} note="unsteered" />
        <Figure term="perplexity" value={<Quantity value={perplexity.steered} />} note="steered" />
        {perplexity.control !== null && (
          <Figure term="perplexity" value={<Quantity value={perplexity.control} />} note="control" />
        )}
        <Figure term="kl" value={<Quantity value={meanKl} unit="nats" />} note="mean a token" />
      </Figures>
      <Panel title={<Term name="kl">KL at each token of the unsteered text</Term>}>
        <KlStrip tokens={experiment.lanes.baseline} kl={klPerToken} />
      </Panel>
      <Panel flush title={<Term name="achieved">Requested and achieved activation</Term>}>
        <div className="overflow-x-auto">
          <table className="w-full text-sm" aria-label="Requested and achieved activation">
            <thead className="text-xs text-ink-2">
              <tr className="text-right">
                <th scope="col" className="h-8 px-4 text-left font-medium">
                  Feature
                </th>
                <th scope="col" className="px-4 font-medium">
                  Before
                </th>
                <th scope="col" className="px-4 font-medium">
                  Requested
                </th>
                <th scope="col" className="px-4 font-medium">
                  Achieved
                </th>
              </tr>
            </thead>
            <tbody>
              {result.achieved.map((row) => (
                <tr key={row.featureIndex} className="border-t border-line text-right font-mono text-[13px]">
                  <td className="h-8 px-4 text-left font-sans">
                    <Link href={`/runs/${experiment.runId}/features/${row.featureIndex}`} className="hover:underline">
                      <span className="numeric mr-2 font-mono text-xs text-ink-3">{row.featureIndex}</span>
                      {experiment.featureLabels.find((label) => label.featureIndex === row.featureIndex)?.label ??
                        'No label'}
                    </Link>
                  </td>
                  <td className="px-4">
                    <Quantity value={row.baselineMean} />
                  </td>
                  <td className="px-4">
                    <Quantity value={row.requestedMean} />
                  </td>
                  <td className="px-4">
                    <Quantity value={row.achievedMean} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
    </>
  );
}
