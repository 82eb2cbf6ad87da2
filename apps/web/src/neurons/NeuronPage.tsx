'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useParams, useRouter } from 'next/navigation';
import { FeatureName } from '../analysis/FeatureName.tsx';
import { neuronFeaturesQuery } from '../analysis/queries.ts';
import { ButtonLink, IconButton } from '../ui/Button.tsx';
import { formatFixed, formatNumber } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ErrorState, SkeletonRows } from '../ui/States.tsx';

const count = 50;

/** The features that one neuron takes part in. */
export function NeuronPage() {
  const { runId, neuron: rawNeuron } = useParams<{ runId: string; neuron: string }>();
  const router = useRouter();
  const neuron = /^\d{1,8}$/.test(rawNeuron) ? Number(rawNeuron) : -1;
  const { data, error, refetch } = useQuery({ ...neuronFeaturesQuery(runId, neuron, count), enabled: neuron >= 0 });
  const features = <ButtonLink href={`/runs/${runId}/features`}>Features of this run</ButtonLink>;
  if (neuron < 0)
    return (
      <ErrorState
        title="No such neuron"
        error={new Error(`“${rawNeuron}” is not the index of a neuron; it must be a whole number.`)}
        action={features}
      />
    );
  if (!data)
    return error ? (
      <ErrorState title="This neuron could not be loaded" error={error} retry={refetch} action={features} />
    ) : (
      <SkeletonRows rows={10} />
    );
  const { basis } = data;
  const name = basis.kind === 'coordinates' ? 'Coordinate' : 'Neuron';
  const go = (to: number) => router.push(`/runs/${runId}/neurons/${to}`);
  return (
    <Page
      title={`${name} ${neuron} of ${formatNumber(basis.nNeurons)}${basis.layer === null ? '' : ` in block ${basis.layer}`}`}
      description={basis.description}
      actions={
        <>
          <IconButton label="Previous" disabled={neuron === 0} onClick={() => go(neuron - 1)}>
            <ChevronLeft size={16} aria-hidden />
          </IconButton>
          <IconButton label="Next" disabled={neuron + 1 >= basis.nNeurons} onClick={() => go(neuron + 1)}>
            <ChevronRight size={16} aria-hidden />
          </IconButton>
        </>
      }
    >
      <Panel flush title="Features it takes part in" aside="strongest first">
        <table className="w-full table-fixed text-sm" aria-label="Features of this neuron">
          <thead>
            <tr className="border-b border-line text-xs text-ink-2">
              <th scope="col" className="h-8 px-4 text-left font-medium">
                feature
              </th>
              <th scope="col" className="w-24 px-4 text-right font-medium">
                encoder
              </th>
              <th scope="col" className="w-24 px-4 text-right font-medium">
                decoder
              </th>
            </tr>
          </thead>
          <tbody>
            {data.features.map((feature) => (
              <tr key={feature.index} className="border-line not-last:border-b">
                <td className="h-8 px-4">
                  <FeatureName runId={runId} feature={feature} opens={feature.density !== null} />
                </td>
                <td className="numeric px-4 text-right font-mono text-[13px]" title={String(feature.encoder)}>
                  {formatFixed(feature.encoder, 3)}
                </td>
                <td className="numeric px-4 text-right font-mono text-[13px]" title={String(feature.decoder)}>
                  {formatFixed(feature.decoder, 3)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </Page>
  );
}
