import type { DictionaryInspection, ImportedFrom, ImportRun } from '@featurescope/contracts';
import type { ModelRow, NewRun } from '@featurescope/db';
import type { DictionarySummary } from '../../dictionary-child/messages.ts';
import { modelConfig } from '../models.ts';
import { contextSizeOf } from '../runs.ts';
import { runArchitectureOf } from './dictionary-fit.ts';

export interface ImportedRunParts {
  id: string;
  request: ImportRun;
  model: ModelRow;
  dataset: { id: string; contentHash: string | null };
  summary: DictionarySummary;
  inspection: Pick<DictionaryInspection, 'notes'>;
  hookName: string;
  /** Where the files lay, for people. */
  source: string;
  hub?: ImportedFrom['hub'];
}

/** The run of a dictionary that passed inspection. What only training has is 0. */
export function importedRun(parts: ImportedRunParts): NewRun {
  const { id, request, model, dataset, summary, inspection, hookName, source, hub } = parts;
  const { config, metadata, format, found } = summary;
  const { applyBDecToInput, inputNorm = 'none', dModel, nLatents } = config;
  const architecture = runArchitectureOf(config.architecture);
  if (architecture === null) throw new Error(`${config.architecture} passed inspection`);
  const contextSize = contextSizeOf(modelConfig(model));
  const { modelName = null, contextSize: trainedContextSize = null, datasetPath = null } = metadata;
  return {
    id,
    name: request.name ?? `Imported · ${hookName} · ${nLatents} latents`,
    modelId: model.id,
    datasetId: dataset.id,
    hookName,
    origin: 'imported',
    imported: { format, found, notes: inspection.notes, source, hub },
    architecture,
    nLatents,
    k: config.k ?? null,
    l1Coefficient: null,
    nTokens: 0,
    batchSize: 0,
    learningRate: 0,
    seed: 0,
    contextSize,
    nSteps: 0,
    resolvedConfig: {
      ...{ architecture, dModel, nLatents, k: config.k ?? null, applyBDecToInput, inputNorm, contextSize },
      trainedOn: { modelName, contextSize: trainedContextSize, dataset: datasetPath },
    },
    inputHashes: {
      weightsHash: model.weightsHash,
      tokenizerHash: model.tokenizerHash,
      datasetHash: dataset.contentHash,
    },
    demo: false,
  };
}
