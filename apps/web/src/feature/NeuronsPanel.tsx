'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { featureNeuronsQuery } from '../analysis/queries.ts';
import { Button } from '../ui/Button.tsx';
import { formatFixed } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';

const count = 12;

/** The neurons of the model that take part in a feature. Read when asked for: the inference process loads the weights. */
export function NeuronsPanel({ feature: { runId, index } }: { feature: FeatureDetail }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useQuery({ ...featureNeuronsQuery(runId, index, count), enabled: isOpen });
  return (
    <Panel flush title={<Term name="mlpNeurons">Neurons that take part</Term>}>
      {!isOpen ? (
        <div className="px-4 pb-4">
          <Button onClick={() => setOpen(true)}>Show the neurons</Button>
        </div>
      ) : error && !data ? (
        <div className="p-4">
          <InlineError error={error} />
        </div>
      ) : !data ? (
        <SkeletonRows rows={4} />
      ) : (
        <>
          <p className="px-4 pb-2 text-xs text-ink-3">{data.basis.description}</p>
          <table className="w-full text-sm" aria-label="Neurons of this feature">
            <thead>
              <tr className="border-t border-b border-line text-xs text-ink-2">
                <th scope="col" className="h-8 px-4 text-left font-medium">
                  {data.basis.kind === 'coordinates' ? 'coordinate' : 'neuron'}
                </th>
                <th scope="col" className="px-4 text-right font-medium">
                  encoder
                </th>
                <th scope="col" className="px-4 text-right font-medium">
                  decoder
                </th>
              </tr>
            </thead>
            <tbody>
              {data.neurons.map(({ neuron, encoder, decoder }) => (
                <tr key={neuron} className="border-line not-last:border-b">
                  <td className="h-8 px-4">
                    <Link href={`/runs/${runId}/neurons/${neuron}`} className="font-mono hover:underline">
                      {neuron}
                    </Link>
                  </td>
                  <td className="numeric px-4 text-right font-mono text-[13px]" title={String(encoder)}>
                    {formatFixed(encoder, 3)}
                  </td>
                  <td className="numeric px-4 text-right font-mono text-[13px]" title={String(decoder)}>
                    {formatFixed(decoder, 3)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Panel>
  );
}
