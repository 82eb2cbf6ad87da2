import type { CreateDecomposition, DecompositionResult } from '@featurescope/contracts';
import { type FittedDictionary, neuronDirections, poleDictionary } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import type { LazyModel } from '../lazy-model.ts';
import type { StageContext } from '../stage-context.ts';
import { fitConcept } from './fit-concept.ts';
import { fitIndependentComponents } from './fit-independent-components.ts';
import { fitNonNegative } from './fit-non-negative.ts';
import { fitPrincipalComponents } from './fit-principal-components.ts';
import { fitRandomDirections } from './fit-random-directions.ts';
import type { FitRows } from './fit-rows.ts';

export interface FitParts<Request extends CreateDecomposition = CreateDecomposition> {
  request: Request;
  rows: FitRows;
  corpus: TokenCorpus;
  model: LazyModel;
  outlierNorm: number;
}

export interface Fitted {
  fitted: FittedDictionary;
  result: DecompositionResult;
}

export type RequestOf<Kind extends CreateDecomposition['architecture']> = Extract<
  CreateDecomposition,
  { architecture: Kind }
>;

/** Fits what the request asks for. Throws SaeConfigError where the activations do not allow it. */
export async function fitDecomposition(context: StageContext, parts: FitParts): Promise<Fitted> {
  const { request } = parts;
  switch (request.architecture) {
    case 'pca':
      return fitPrincipalComponents(context, { ...parts, request });
    case 'ica':
      return fitIndependentComponents(context, { ...parts, request });
    case 'nmf':
      return fitNonNegative(context, { ...parts, request });
    case 'random':
      return fitRandomDirections({ ...parts, request });
    case 'neurons':
      return neuronBasis({ ...parts, request });
    case 'meanDifference':
    case 'cav':
      return fitConcept(context, { ...parts, request });
  }
}

/** The dimensions themselves, with their own zero. */
function neuronBasis({ request, rows }: FitParts<RequestOf<'neurons'>>): Fitted {
  const directions = neuronDirections(rows.width);
  const components = { dModel: rows.width, encoder: directions, decoder: directions, k: request.k };
  return {
    fitted: poleDictionary({ ...components, centre: new Float32Array(rows.width) }),
    result: { kind: 'neurons', nRows: 0 },
  };
}
