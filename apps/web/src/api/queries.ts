import {
  activationListSchema,
  type DictionarySource,
  datasetListSchema,
  decompositionSchema,
  dictionaryDirectoryListSchema,
  dictionaryDownloadSchema,
  dictionaryInspectionSchema,
  type ExampleBand,
  exampleListSchema,
  type FeatureQuery,
  featureDetailSchema,
  featureDistributionSchema,
  featurePageSchema,
  foundModelsSchema,
  type HubDictionariesRequest,
  healthSchema,
  hubDictionaryListSchema,
  modelListSchema,
  runListSchema,
  runSchema,
  steeringExperimentSchema,
  steeringListSchema,
  sweepSchema,
  truthListSchema,
} from '@featurescope/contracts';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, queryString } from './http.ts';

const featurePageSize = 100;

/** Every read of the API, with its cache key. Live events write into the same keys. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => call('/api/health', healthSchema, { signal }),
  refetchInterval: 10_000,
  retry: false,
});

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }) => (await call('/api/models', modelListSchema, { signal })).models,
  staleTime: 60_000,
  // Events tell how far an adding is; this is for what they did not reach.
  refetchInterval: ({ state }) => (state.data?.some((model) => model.status === 'adding') ? 5_000 : false),
});

/** Models under the server's roots that were not added. */
export const foundModelsQuery = queryOptions({
  queryKey: ['models', 'found'],
  queryFn: ({ signal }) => call('/api/models/found', foundModelsSchema, { signal }),
});

export const datasetsQuery = queryOptions({
  queryKey: ['datasets'],
  queryFn: async ({ signal }) => (await call('/api/datasets', datasetListSchema, { signal })).datasets,
  refetchInterval: (query) => (query.state.data?.some((d) => d.status === 'ingesting') ? 1_000 : false),
});

/** Grows while a run harvests. */
export const activationsQuery = queryOptions({
  queryKey: ['activations'],
  queryFn: ({ signal }) => call('/api/activations', activationListSchema, { signal }),
  refetchInterval: ({ state }) => (state.data?.sets.some((set) => set.isInUse) ? 3_000 : 30_000),
});

export const dictionariesQuery = queryOptions({
  queryKey: ['dictionaries'],
  queryFn: ({ signal }) => call('/api/dictionaries', dictionaryDirectoryListSchema, { signal }),
});

/** Dictionaries of a repository on the hub. */
export const hubDictionariesQuery = (request: HubDictionariesRequest | null) =>
  queryOptions({
    queryKey: ['hub-dictionaries', request],
    queryFn: ({ signal }) =>
      call('/api/dictionaries/hub', hubDictionaryListSchema, { method: 'POST', body: request, signal }),
    enabled: request !== null,
    retry: false,
    // What is in the cache changes with every download.
    gcTime: 0,
  });

export const dictionaryDownloadQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['dictionary-download', id],
    queryFn: ({ signal }) => call(`/api/dictionaries/downloads/${id}`, dictionaryDownloadSchema, { signal }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === 'running' ? 500 : false),
  });

/** What a dictionary is to a model; its files are read for it, which takes a while where they are large. */
export const inspectionQuery = (request: { modelId: string; source: DictionarySource | null; hookName?: string }) =>
  queryOptions({
    queryKey: ['inspection', request],
    queryFn: ({ signal }) =>
      call('/api/dictionaries/inspect', dictionaryInspectionSchema, { method: 'POST', body: request, signal }),
    enabled: request.source !== null,
    retry: false,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const runsQuery = queryOptions({
  queryKey: ['runs'],
  queryFn: async ({ signal }) => (await call('/api/runs', runListSchema, { signal })).runs,
  refetchInterval: 15_000,
});

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => call(`/api/runs/${runId}`, runSchema, { signal }),
    // Counts of features and labels are no events of their own.
    refetchInterval: ({ state }) =>
      state.data?.status === 'running' && (state.data.stage === 'index' || state.data.stage === 'label')
        ? 4_000
        : 30_000,
  });

/** What a fitted run was asked for and found; below the run's key, so that it is read again when the run moves on. */
export const decompositionQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId, 'decomposition'],
    queryFn: ({ signal }) => call(`/api/runs/${runId}/decomposition`, decompositionSchema, { signal }),
  });

/** Beside the list of runs, so that whatever renews that renews this too. */
export const sweepQuery = (sweepId: string) =>
  queryOptions({
    queryKey: ['runs', 'sweep', sweepId],
    queryFn: ({ signal }) => call(`/api/sweeps/${sweepId}`, sweepSchema, { signal }),
    refetchInterval: 15_000,
  });

/** Best found first. */
export const truthsQuery = (runId: string, page: { from: number; limit: number }) =>
  queryOptions({
    queryKey: ['truths', runId, page],
    queryFn: ({ signal }) => call(`/api/runs/${runId}/truths${queryString(page)}`, truthListSchema, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** Keyset paging: each page's cursor comes from the one before it. */
export const featuresQuery = (runId: string, filter: FeatureQuery) =>
  infiniteQueryOptions({
    queryKey: ['features', runId, filter],
    queryFn: ({ pageParam, signal }) =>
      call(
        `/api/runs/${runId}/features${queryString({ limit: featurePageSize, ...filter, cursor: pageParam })}`,
        featurePageSchema,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** Changes while labels are being scored, and no more after. */
export const featureDistributionQuery = (runId: string) =>
  queryOptions({
    queryKey: ['feature-distribution', runId],
    queryFn: ({ signal }) => call(`/api/runs/${runId}/features/distribution`, featureDistributionSchema, { signal }),
    staleTime: 60_000,
  });

export const featureQuery = (runId: string, index: number) =>
  queryOptions({
    queryKey: ['feature', runId, index],
    queryFn: ({ signal }) => call(`/api/runs/${runId}/features/${index}`, featureDetailSchema, { signal }),
  });

export const examplesQuery = (runId: string, index: number, band: ExampleBand) =>
  queryOptions({
    queryKey: ['examples', runId, index, band],
    queryFn: async ({ signal }) =>
      (
        await call(`/api/runs/${runId}/features/${index}/examples${queryString({ band })}`, exampleListSchema, {
          signal,
        })
      ).examples,
    staleTime: 60_000,
  });

export const steeringListQuery = queryOptions({
  queryKey: ['steering'],
  queryFn: async ({ signal }) => (await call('/api/steering', steeringListSchema, { signal })).experiments,
});

export const steeringQuery = (id: string) =>
  queryOptions({
    queryKey: ['steering', id],
    queryFn: ({ signal }) => call(`/api/steering/${id}`, steeringExperimentSchema, { signal }),
    refetchInterval: (query) => (query.state.data?.status === 'running' ? 5_000 : false),
  });
