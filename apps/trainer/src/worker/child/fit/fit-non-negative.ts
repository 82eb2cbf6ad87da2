import { nonNegativeDictionary, nonNegativeFactors, SaeConfigError, splitSigns } from '@featurescope/sae';
import { type StageContext, tell } from '../stage-context.ts';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';
import { iterationProgress } from './iteration-progress.ts';

const maxIterations = 500;

/** On rows that are kept in memory: the server bounds them. Throws SaeConfigError where there are negative activations and the request
 *  does not say what to do with them. */
export async function fitNonNegative(
  context: StageContext,
  { request, rows }: FitParts<RequestOf<'nmf'>>,
): Promise<Fitted> {
  const { width: dModel } = rows;
  const { nComponents, seed, signs } = request;
  const sample = await rows.all();
  const nNegative = sample.reduce((sum, value) => sum + (value < 0 ? 1 : 0), 0);
  const negativeShare = nNegative / sample.length;
  if (nNegative > 0 && signs === 'refuse')
    throw new SaeConfigError(
      `${(100 * negativeShare).toFixed(1)}% of the activations at ${context.run.hookName} are below 0, and non-negative matrix factorisation has no place for them. Choose signs "split", which factorises [max(x, 0), max(−x, 0)], or a hook behind a ReLU.`,
    );
  const splitsSigns = nNegative > 0;
  const report = iterationProgress(context, { total: maxIterations, unit: 'iterations' });
  const { components, codes, relativeError, nIterations, converged } = await nonNegativeFactors({
    rows: splitsSigns ? splitSigns(sample, dModel) : sample,
    width: splitsSigns ? 2 * dModel : dModel,
    ...{ nComponents, seed, maxIterations },
    onIteration: report,
  });
  if (!converged) tell(context, 'warning', `The error was still falling after ${maxIterations} updates`);
  return {
    fitted: nonNegativeDictionary(components, { dModel, codes, splitsSigns }),
    result: {
      ...{ kind: 'nmf', nRows: rows.nRows, splitsSigns, negativeShare, relativeError, nIterations, converged },
    },
  };
}
