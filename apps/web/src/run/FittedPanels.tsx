'use client';

import type { Decomposition, DecompositionResult, Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { decompositionQuery } from '../api/queries.ts';
import { VarianceChart } from '../charts/VarianceChart.tsx';
import { isActive } from '../runs/run-state.ts';
import { definitionOf } from '../ui/definitions.ts';
import { formatNumber, formatShare } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { ConceptAccuracy } from './ConceptAccuracy.tsx';
import { TcavPanel } from './TcavPanel.tsx';

/** What was fitted and what fitting found, in the place of the curves that a fitted run does not have. */
export function FittedPanels({ run }: { run: Run }) {
  const { data, error } = useQuery(decompositionQuery(run.id));
  if (error) return <InlineError error={error} />;
  if (!data) return <Skeleton className="h-32 w-full" />;
  const { request, result } = data;
  return (
    <>
      <Panel title={definitionOf(request.architecture).term}>
        <p>{definitionOf(request.architecture).meaning}</p>
        <p className="numeric mt-1 text-ink-2">
          {result ? words(data, result) : isActive(run) ? 'It is being fitted.' : 'It ended before it was fitted.'}
        </p>
        {result?.kind === 'cav' || result?.kind === 'meanDifference' ? (
          <ConceptAccuracy request={request} heldOut={result.heldOut} />
        ) : null}
      </Panel>
      {(result?.kind === 'pca' || result?.kind === 'ica') && (
        <VarianceChart
          shares={result.varianceShares}
          nKept={'nComponents' in request ? request.nComponents : result.varianceShares.length}
          fileName={`${run.name} variance`}
        />
      )}
      {result?.kind === 'cav' && result.tcav && <TcavPanel tcav={result.tcav} />}
    </>
  );
}

function words({ request }: Decomposition, result: DecompositionResult): ReactNode {
  const rows = `${result.nRows.toLocaleString('en-US')} activations`;
  switch (result.kind) {
    case 'pca': {
      const nComponents = 'nComponents' in request ? request.nComponents : 0;
      const kept = result.varianceShares.slice(0, nComponents).reduce((sum, share) => sum + share, 0);
      return `On ${rows}. The ${nComponents} components hold ${formatShare(kept)} of the variance. Latents 0 to ${nComponents - 1} are their positive poles, the others their negative ones.`;
    }
    case 'ica':
      return `On ${rows}, in ${formatShare(result.whitenedShare)} of the variance. ${settled(result)} Sources are ordered by the variance they carry; latents 0 to ${result.varianceShares.length - 1} are the poles with the longer tail.`;
    case 'nmf':
      return `On ${rows}${result.splitsSigns ? `, each dimension split into its two signs because ${formatShare(result.negativeShare)} of the values are below 0` : ''}. Relative error ${formatNumber(result.relativeError)}. ${settled(result)}`;
    case 'random':
      return `Around the mean of ${rows}. Every activation is multiplied by ${formatNumber(result.gain)}, the one gain that serves the directions best.`;
    case 'neurons':
      return 'Nothing is fitted: each dimension of the hook has one latent for its positive values and one for its negative ones.';
    default:
      return `Latent 0 fires on the positive side of the boundary, latent 1 on the negative one. The rest of a reconstruction is the mean of ${rows}: one direction explains little of the variance, so an FVU near 1 is no fault.${result.nTruncated > 0 ? ` ${result.nTruncated} examples were cut to the context.` : ''}`;
  }
}

const settled = ({ converged, nIterations }: { converged: boolean; nIterations: number }) =>
  converged ? `It settled after ${nIterations} iterations.` : `It had not settled after ${nIterations} iterations.`;
