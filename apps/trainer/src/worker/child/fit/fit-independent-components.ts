import { fastIca, poleDictionary, principalComponents, RowMoments } from '@featurescope/sae';
import { type StageContext, tell } from '../stage-context.ts';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';
import { iterationProgress } from './iteration-progress.ts';

const maxIterations = 200;

/** On rows that are kept in memory: the server bounds them. */
export async function fitIndependentComponents(
  context: StageContext,
  { request, rows }: FitParts<RequestOf<'ica'>>,
): Promise<Fitted> {
  const { width: dModel } = rows;
  const moments = new RowMoments(dModel);
  const sample = await rows.all((batch) => moments.add(batch));
  await context.control.checkpoint();
  const pca = principalComponents(moments, request.nComponents);
  const report = iterationProgress(context, { total: maxIterations, unit: 'iterations' });
  const ica = await fastIca({ rows: sample, pca, seed: request.seed, maxIterations, onIteration: report });
  if (!ica.converged)
    tell(context, 'warning', `FastICA did not settle in ${maxIterations} iterations: use more tokens or fewer sources`);
  const { unmixing, mixing, varianceShares, nIterations, converged } = ica;
  const shares = Array.from(varianceShares);
  return {
    fitted: poleDictionary({
      dModel,
      ...inUnitsOfActivation(unmixing, mixing, dModel),
      centre: pca.mean,
      k: request.k,
    }),
    result: {
      ...{ kind: 'ica', nRows: rows.nRows, varianceShares: shares, nIterations, converged },
      whitenedShare: shares.reduce((sum, share) => sum + share, 0),
    },
  };
}

/** The same sources in other units: unit directions, so that the k largest are those that move the reconstruction most. */
function inUnitsOfActivation(unmixing: Float64Array, mixing: Float64Array, dModel: number) {
  const norms = Array.from({ length: mixing.length / dModel }, (_, i) =>
    Math.hypot(...mixing.subarray(i * dModel, (i + 1) * dModel)),
  );
  const normOf = (at: number) => norms[Math.floor(at / dModel)] || 1;
  return {
    encoder: unmixing.map((value, at) => value * normOf(at)),
    decoder: mixing.map((value, at) => value / normOf(at)),
  };
}
