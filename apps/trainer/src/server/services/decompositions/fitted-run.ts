import { randomUUID } from 'node:crypto';
import type { CreateDecomposition } from '@featurescope/contracts';
import type { DatasetRow, ModelRow, NewRun } from '@featurescope/db';
import type { HookPoint } from '@featurescope/lm/config';

/** Rows that are read at a time. */
export const fitBatchSize = 1024;

export interface FittedRunParts {
  request: CreateDecomposition;
  model: ModelRow;
  dataset: DatasetRow;
  hook: HookPoint;
  contextSize: number;
}

/** The run of a decomposition. Of training it has only how many activations are read, and in how many batches. */
export function fittedRun({ request, model, dataset, hook, contextSize }: FittedRunParts): NewRun {
  const { architecture, seed, nTokens, activations = 'stream', name } = request;
  return {
    id: randomUUID(),
    name: name ?? `${model.name} · ${request.hookName} · ${nameOf(request)}`,
    modelId: model.id,
    datasetId: dataset.id,
    hookName: request.hookName,
    origin: 'fitted',
    decomposition: { request, result: null },
    architecture,
    nLatents: latentsOf(request, hook.width),
    k: 'k' in request ? (request.k ?? null) : null,
    l1Coefficient: null,
    nTokens,
    batchSize: fitBatchSize,
    learningRate: 0,
    seed,
    contextSize,
    nSteps: Math.ceil(nTokens / fitBatchSize),
    activations,
    resolvedConfig: { ...shownValues(request), dModel: hook.width, contextSize },
    inputHashes: {
      weightsHash: model.weightsHash,
      tokenizerHash: model.tokenizerHash,
      datasetHash: dataset.contentHash,
    },
    demo: false,
    sweepId: request.sweepId?.toLowerCase(),
  };
}

/** Signed components have two latents each, one a pole. */
export function latentsOf(request: CreateDecomposition, width: number): number {
  switch (request.architecture) {
    case 'pca':
    case 'ica':
      return 2 * request.nComponents;
    case 'nmf':
      return request.nComponents;
    case 'random':
      return request.nDirections;
    case 'neurons':
      return 2 * width;
    case 'meanDifference':
    case 'cav':
      return 2;
  }
}

function nameOf(request: CreateDecomposition): string {
  const kept = 'k' in request && request.k !== undefined ? `, k ${request.k}` : '';
  switch (request.architecture) {
    case 'pca':
      return `PCA, ${request.nComponents} components${kept}`;
    case 'ica':
      return `ICA, ${request.nComponents} components${kept}`;
    case 'nmf':
      return `NMF, ${request.nComponents} components`;
    case 'random':
      return `${request.nDirections} random directions${kept}`;
    case 'neurons':
      return `neuron basis${kept}`;
    case 'meanDifference':
      return 'difference of means';
    case 'cav':
      return request.tcav ? 'CAV and TCAV' : 'CAV';
  }
}

/** The request's values with lists of texts as their lengths: the texts are kept apart. */
function shownValues(request: CreateDecomposition): Record<string, string | number> {
  const { name: _, modelId: __, datasetId: ___, sweepId: ____, ...values } = request;
  const shown: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(values)) {
    if (Array.isArray(value)) shown[key] = `${value.length} texts`;
    else if (key === 'tcav' && request.architecture === 'cav' && request.tcav)
      shown.tcav = `${request.tcav.inputs.length} inputs, targets ${JSON.stringify(request.tcav.targets)}, ${request.tcav.nRepeats} repeats`;
    else if (typeof value === 'string' || typeof value === 'number') shown[key] = value;
  }
  return shown;
}
