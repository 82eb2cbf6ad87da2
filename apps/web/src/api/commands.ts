import {
  type ActivationsResponse,
  activationsResponseSchema,
  type CreateDecomposition,
  type CreateRun,
  type CreateSteering,
  type CreateSweep,
  createdSchema,
  createdSweepSchema,
  type DictionaryDownload,
  dictionaryDownloadSchema,
  type FeatureDetail,
  featureDetailSchema,
  type GenerateResponse,
  generateResponseSchema,
  type HubGgufList,
  hubGgufListSchema,
  type ImportRun,
  type ModelInspection,
  type ModelSource,
  modelCreatedSchema,
  modelInspectionSchema,
  type PredictResponse,
  predictResponseSchema,
  type RunEstimate,
  runEstimateSchema,
  type SweepEstimate,
  sweepEstimateSchema,
} from '@featurescope/contracts';
import { call, send } from './http.ts';

export const createRun = (run: CreateRun | CreateDecomposition) =>
  call('/api/runs', createdSchema, { method: 'POST', body: run });

export const importRun = (run: ImportRun) => call('/api/runs/import', createdSchema, { method: 'POST', body: run });

export const startDictionaryDownload = (place: {
  repo: string;
  path?: string;
  revision: string;
}): Promise<DictionaryDownload> =>
  call('/api/dictionaries/downloads', dictionaryDownloadSchema, { method: 'POST', body: place });
export const stopDictionaryDownload = (id: string) => send(`/api/dictionaries/downloads/${id}`, { method: 'DELETE' });

export const estimateRun = (run: CreateRun | CreateDecomposition, signal?: AbortSignal): Promise<RunEstimate> =>
  call('/api/runs/estimate', runEstimateSchema, { method: 'POST', body: run, signal });

export const createSweep = (sweep: CreateSweep) =>
  call('/api/sweeps', createdSweepSchema, { method: 'POST', body: sweep });

export const estimateSweep = (sweep: CreateSweep, signal?: AbortSignal): Promise<SweepEstimate> =>
  call('/api/sweeps/estimate', sweepEstimateSchema, { method: 'POST', body: sweep, signal });

export type RunAction = 'pause' | 'resume' | 'cancel';
export const actOnRun = (runId: string, action: RunAction) => send(`/api/runs/${runId}/${action}`, { method: 'POST' });
export const deleteRun = (runId: string) => send(`/api/runs/${runId}`, { method: 'DELETE' });

export const deleteActivations = (setId: string) => send(`/api/activations/${setId}`, { method: 'DELETE' });

export const inspectModel = (source: ModelSource, signal?: AbortSignal): Promise<ModelInspection> =>
  call('/api/models/inspect', modelInspectionSchema, { method: 'POST', body: { source }, signal });
export const listHubGguf = (place: { repo: string; revision?: string }): Promise<HubGgufList> =>
  call('/api/models/hub-gguf', hubGgufListSchema, { method: 'POST', body: place });
export const addModel = (source: ModelSource) =>
  call('/api/models', modelCreatedSchema, { method: 'POST', body: { source } });
export const retryModel = (modelId: string) => send(`/api/models/${modelId}/retry`, { method: 'POST' });
export const deleteModel = (modelId: string) => send(`/api/models/${modelId}`, { method: 'DELETE' });

export const predictTokens = (
  modelId: string,
  request: { text: string; topK: number },
  signal?: AbortSignal,
): Promise<PredictResponse> =>
  call(`/api/models/${modelId}/predict`, predictResponseSchema, { method: 'POST', body: request, signal });
export const continueText = (
  modelId: string,
  request: { text: string; nTokens: number; temperature: number },
): Promise<GenerateResponse> =>
  call(`/api/models/${modelId}/generate`, generateResponseSchema, { method: 'POST', body: request });

export const deleteDataset = (datasetId: string) => send(`/api/datasets/${datasetId}`, { method: 'DELETE' });

export const explainAgain = (runId: string, index: number) =>
  send(`/api/runs/${runId}/features/${index}/label`, { method: 'POST' });
export const saveLabel = (runId: string, index: number, text: string) =>
  send(`/api/runs/${runId}/features/${index}/label`, { method: 'PUT', body: { text } });

export const saveStar = (runId: string, index: number, starred: boolean): Promise<FeatureDetail> =>
  call(`/api/runs/${runId}/features/${index}/star`, featureDetailSchema, { method: 'PUT', body: { starred } });

export const readActivations = (
  runId: string,
  request: { text: string; featureIndex?: number },
  signal?: AbortSignal,
): Promise<ActivationsResponse> =>
  call(`/api/runs/${runId}/activations`, activationsResponseSchema, { method: 'POST', body: request, signal });

export const createSteering = (request: CreateSteering) =>
  call('/api/steering', createdSchema, { method: 'POST', body: request });
