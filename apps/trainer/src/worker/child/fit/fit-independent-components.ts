import { fastIca, independentDictionary, principalComponents, RowMoments } from '@featurescope/sae';
import { type StageContext, tell } from '../stage-context.ts';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';
import { iterationProgress } from './iteration-progress.ts';

const maxIterations = 200;

/** On rows that are kept in memory: the server bounds them. */
export async function fitIndependentComponents(
  context: StageContext,
  { request, rows }: FitParts<RequestOf<'ica'>>,
): Promise<Fitted> {
  const moments = new RowMoments(rows.width);
  const sample = await rows.all((batch) => moments.add(batch));
  await context.control.checkpoint();
  const pca = principalComponents(moments, request.nComponents);
  const report = iterationProgress(context, { total: maxIterations, unit: 'iterations' });
  const ica = await fastIca({ rows: sample, pca, seed: request.seed, maxIterations, onIteration: report });
  if (!ica.converged)
    tell(context, 'warning', `FastICA did not settle in ${maxIterations} iterations: use more tokens or fewer sources`);
  const { varianceShares, nIterations, converged } = ica;
  const shares = Array.from(varianceShares);
  return {
    fitted: independentDictionary(ica, { mean: pca.mean, k: request.k }),
    result: {
      ...{ kind: 'ica', nRows: rows.nRows, varianceShares: shares, nIterations, converged },
      whitenedShare: shares.reduce((sum, share) => sum + share, 0),
    },
  };
}
