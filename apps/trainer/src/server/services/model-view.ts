import type { Model, ModelSource } from '@featurescope/contracts';
import type { ModelRow } from '@featurescope/db';
import { hookNames, type ModelConfig } from '@featurescope/lm/config';
import { isGguf } from './model-roots.ts';

const bytesPerLoadedWeight = 4;

export function modelConfig(model: { config: unknown }): ModelConfig {
  return model.config as ModelConfig;
}

/** resid_post of the middle layer: late enough to hold concepts, early enough to steer. */
export function defaultHookName(nLayers: number): string {
  return `blocks.${Math.max(0, Math.ceil(nLayers / 2) - 1)}.hook_resid_post`;
}

/** What a model and an inspected source show alike. */
export function modelShape(model: { config: unknown; licence: string | null; dtype: string | null }) {
  const config = modelConfig(model);
  return {
    modelType: config.modelType,
    nLayers: config.nLayers,
    dModel: config.dModel,
    nHeads: config.nHeads,
    vocabSize: config.vocabSize,
    contextSize: config.contextSize,
    nParameters: config.nParameters,
    licence: model.licence,
    dtype: model.dtype,
    memoryBytes: config.nParameters * bytesPerLoadedWeight,
    defaultHookName: defaultHookName(config.nLayers),
    hooks: hookNames(config).map((hook) => ({
      name: hook.name,
      layer: hook.layer >= 0 ? hook.layer : null,
      width: hook.width,
      steerable: hook.interventions,
    })),
  };
}

export function sourceOf({ source, directory }: Pick<ModelRow, 'source' | 'directory'>): ModelSource {
  return (source as ModelSource | null) ?? { kind: isGguf(directory) ? 'gguf' : 'directory', path: directory };
}

/** A model as the API shows it. */
export function toModel(row: ModelRow): Model {
  return {
    id: row.id,
    name: row.name,
    status: row.status as Model['status'],
    source: sourceOf(row),
    error: row.error,
    progress: row.progress as Model['progress'],
    ...modelShape(row),
    tokenizerHash: row.tokenizerHash,
    weightsHash: row.weightsHash,
    bundled: row.bundled,
    nRuns: row._count.runs,
    createdAt: row.createdAt.toISOString(),
    lastSeq: row.lastSeq,
  };
}
