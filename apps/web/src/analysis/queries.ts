import {
  type AnalysisState,
  absorptionDetailSchema,
  absorptionListSchema,
  type ComparisonFate,
  coActivationBlocksSchema,
  coActivationPairsSchema,
  comparableRunsSchema,
  comparedFeaturesSchema,
  comparisonListSchema,
  comparisonSchema,
  duplicatePairsSchema,
  featureNeuronsSchema,
  kindFeaturesSchema,
  ladderSchema,
  neuronFeaturesSchema,
  runHealthSchema,
} from '@featurescope/contracts';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, queryString } from '../api/http.ts';

/** How often a page looks how far an analysis is. */
const watchMs = 700;

export const isUnderWay = (state: Pick<AnalysisState, 'status'> | null | undefined): boolean =>
  state?.status === 'queued' || state?.status === 'running';

export const comparableRunsQuery = (withRun?: string) =>
  queryOptions({
    queryKey: ['comparable-runs', withRun ?? null],
    queryFn: async ({ signal }) =>
      (await call(`/api/comparisons/candidates${queryString({ with: withRun })}`, comparableRunsSchema, { signal }))
        .runs,
    placeholderData: keepPreviousData,
  });

export const comparisonsQuery = queryOptions({
  queryKey: ['comparisons'],
  queryFn: async ({ signal }) => (await call('/api/comparisons', comparisonListSchema, { signal })).comparisons,
  refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? watchMs : false),
});

export const comparisonQuery = (id: string, threshold: number) =>
  queryOptions({
    queryKey: ['comparison', id, threshold],
    queryFn: ({ signal }) => call(`/api/comparisons/${id}${queryString({ threshold })}`, comparisonSchema, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? watchMs : false),
  });

export interface FateListQuery {
  side: 'a' | 'b';
  fate: ComparisonFate;
  threshold: number;
  offset: number;
  limit: number;
}

export const comparedFeaturesQuery = (id: string, query: FateListQuery) =>
  queryOptions({
    queryKey: ['compared-features', id, query],
    queryFn: ({ signal }) =>
      call(`/api/comparisons/${id}/features${queryString({ ...query })}`, comparedFeaturesSchema, { signal }),
    placeholderData: keepPreviousData,
  });

export interface LadderView {
  runs: string;
  threshold: number;
  onlySplit: boolean;
  offset: number;
  limit: number;
}

export const ladderQuery = (view: LadderView) =>
  queryOptions({
    queryKey: ['ladder', view],
    queryFn: ({ signal }) => call(`/api/ladders${queryString({ ...view })}`, ladderSchema, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.steps.some(isUnderWay) ? watchMs : false),
  });

export const runHealthQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run-health', runId],
    queryFn: ({ signal }) => call(`/api/runs/${runId}/health`, runHealthSchema, { signal }),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.analysis) ? watchMs : false),
  });

interface Page {
  offset: number;
  limit: number;
}

export const duplicatesQuery = (runId: string, page: Page) =>
  queryOptions({
    queryKey: ['run-health', runId, 'duplicates', page],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/health/duplicates${queryString({ ...page })}`, duplicatePairsSchema, { signal }),
    placeholderData: keepPreviousData,
  });

export const coActivationQuery = (runId: string, page: Page & { order: 'jaccard' | 'npmi' }) =>
  queryOptions({
    queryKey: ['run-health', runId, 'co-activation', page],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/health/co-activation${queryString({ ...page })}`, coActivationPairsSchema, { signal }),
    placeholderData: keepPreviousData,
  });

export const blocksQuery = (runId: string, page: Page) =>
  queryOptions({
    queryKey: ['run-health', runId, 'blocks', page],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/health/blocks${queryString({ ...page })}`, coActivationBlocksSchema, { signal }),
    placeholderData: keepPreviousData,
  });

export const kindFeaturesQuery = (runId: string, page: Page & { kind: string }) =>
  queryOptions({
    queryKey: ['run-health', runId, 'kinds', page],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/health/kinds${queryString({ ...page })}`, kindFeaturesSchema, { signal }),
    placeholderData: keepPreviousData,
  });

export const absorptionsQuery = (runId: string) =>
  queryOptions({
    queryKey: ['absorptions', runId],
    queryFn: async ({ signal }) =>
      (await call(`/api/runs/${runId}/absorptions`, absorptionListSchema, { signal })).absorptions,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? watchMs : false),
  });

export const absorptionQuery = (id: string) =>
  queryOptions({
    queryKey: ['absorption', id],
    queryFn: ({ signal }) => call(`/api/absorptions/${id}`, absorptionDetailSchema, { signal }),
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? watchMs : false),
  });

export const featureNeuronsQuery = (runId: string, index: number, count: number) =>
  queryOptions({
    queryKey: ['feature-neurons', runId, index, count],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/features/${index}/neurons${queryString({ count })}`, featureNeuronsSchema, { signal }),
    staleTime: 300_000,
  });

export const neuronFeaturesQuery = (runId: string, neuron: number, count: number) =>
  queryOptions({
    queryKey: ['neuron-features', runId, neuron, count],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/neurons/${neuron}${queryString({ count })}`, neuronFeaturesSchema, { signal }),
    staleTime: 300_000,
  });
