import { poleDictionary, principalComponents, RowMoments } from '@featurescope/sae';
import { type StageContext, tell } from '../stage-context.ts';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';

/** A matrix of this width takes some seconds of arithmetic that cannot be interrupted. */
const wideMatrix = 1024;

/** Of any number of rows, which are read once and not kept. */
export async function fitPrincipalComponents(
  context: StageContext,
  { request, rows }: FitParts<RequestOf<'pca'>>,
): Promise<Fitted> {
  const { width: dModel } = rows;
  const moments = new RowMoments(dModel);
  for await (const batch of rows.batches()) moments.add(batch);
  if (dModel >= wideMatrix)
    tell(context, 'info', `Finding the eigenvectors of a ${dModel} × ${dModel} covariance; a pause waits for them`);
  await context.writer.flush();
  await context.control.checkpoint();
  const pca = principalComponents(moments, request.nComponents);
  const { components, mean, variances, totalVariance } = pca;
  return {
    fitted: poleDictionary({ dModel, encoder: components, decoder: components, centre: mean, k: request.k }),
    result: {
      kind: 'pca',
      nRows: moments.nRows,
      varianceShares: Array.from(variances, (variance) => variance / (totalVariance || 1)),
      totalVariance,
    },
  };
}
