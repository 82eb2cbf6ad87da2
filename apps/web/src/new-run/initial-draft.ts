import { architectures, type Dataset, type Model, type Run } from '@featurescope/contracts';
import type { Draft } from './draft.ts';
import { sizeFields, sizes } from './sizes.ts';
import { hookWidthOf, usualValues } from './usual-values.ts';

/** The form as it opens: the values of a run, or the usual ones. */
export function initialDraft(models: Model[], datasets: Dataset[], from?: Run): Draft {
  const model = models.find((candidate) => candidate.id === from?.modelId) ?? models[0];
  const ready = datasets.filter((dataset) => dataset.status === 'ready');
  const dataset = ready.find((candidate) => candidate.id === from?.datasetId) ?? ready[0];
  const draft: Draft = {
    name: from ? `${from.name} (again)`.slice(0, 200) : '',
    modelId: model?.id ?? '',
    hookName: from?.hookName ?? model?.defaultHookName ?? '',
    datasetId: dataset?.id ?? '',
    architectures: [trainable(from?.architecture) ?? 'topk'],
    isSweep: false,
    k: String(from?.k ?? 32),
    prefixes: from?.architectureOptions.prefixes?.join(', ') ?? '',
    l1Coefficient: '',
    sparsityLoss: from?.architectureOptions.sparsityLoss ?? 'quadratic',
    l0Coefficient: '',
    targetL0: String(from?.architectureOptions.targetL0 ?? 32),
    preset: from?.preset ?? 'featurescope',
    decoderInit: from?.architectureOptions.decoderInit ?? 'random',
    bDecInit: from?.architectureOptions.bDecInit ?? '',
    ...sizeFields(sizes[1], model),
    ...(from && { nLatents: String(from.nLatents) }),
    ...(from?.nTokens && { nTokens: String(from.nTokens) }),
    batchSize: '',
    learningRate: '',
    seed: String(from?.seed ?? 0),
    activations: from?.activations ?? 'stream',
  };
  const own = from && {
    ...(from.l1Coefficient !== null && { l1Coefficient: String(from.l1Coefficient) }),
    ...(from.architectureOptions.l0Coefficient !== undefined && {
      l0Coefficient: String(from.architectureOptions.l0Coefficient),
    }),
    ...(from.batchSize !== null && { batchSize: String(from.batchSize) }),
    ...(from.learningRate !== null && { learningRate: String(from.learningRate) }),
  };
  return { ...draft, ...usualValues(draft, hookWidthOf(draft, models)), ...own };
}

/** The architecture where it can be trained here; imported dictionaries can have others. */
const trainable = (architecture: string | undefined) => architectures.find((known) => known === architecture);
