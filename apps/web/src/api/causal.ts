import {
  type CreateRanking,
  causalEstimateSchema,
  createdSchema,
  type FeatureCheck,
  featureCheckListSchema,
  type Ranking,
  rankingListSchema,
} from '@featurescope/contracts';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, send } from './http.ts';

/** Under way: its row changes by itself. */
export const isUnderWay = ({ status }: Pick<FeatureCheck | Ranking, 'status'>): boolean =>
  status === 'queued' || status === 'running';

const followMs = 1_000;

export const featureChecksQuery = (runId: string, index: number) =>
  queryOptions({
    queryKey: ['causal', runId, 'feature', index],
    queryFn: async ({ signal }) =>
      (await call(`/api/runs/${runId}/features/${index}/causal`, featureCheckListSchema, { signal })).checks,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? followMs : false),
  });

export const rankingsQuery = (runId: string) =>
  queryOptions({
    queryKey: ['causal', runId, 'run'],
    queryFn: async ({ signal }) => (await call(`/api/runs/${runId}/causal`, rankingListSchema, { signal })).rankings,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? followMs : false),
  });

export const featureCheckEstimateQuery = (runId: string) =>
  queryOptions({
    queryKey: ['causal', runId, 'feature-estimate'],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/features/causal/estimate`, causalEstimateSchema, { method: 'POST', body: {}, signal }),
    staleTime: 60_000,
    retry: false,
  });

export const rankingEstimateQuery = (runId: string, request: Pick<CreateRanking, 'nFeatures' | 'nContexts'> | null) =>
  queryOptions({
    queryKey: ['causal', runId, 'run-estimate', request],
    queryFn: ({ signal }) =>
      call(`/api/runs/${runId}/causal/estimate`, causalEstimateSchema, { method: 'POST', body: request, signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });

export const startFeatureCheck = (runId: string, index: number) =>
  call(`/api/runs/${runId}/features/${index}/causal`, createdSchema, { method: 'POST', body: {} });
export const startRanking = (runId: string, request: Pick<CreateRanking, 'nFeatures' | 'nContexts'>) =>
  call(`/api/runs/${runId}/causal`, createdSchema, { method: 'POST', body: request });
export const cancelCausal = (id: string) => send(`/api/causal/${id}/cancel`, { method: 'POST' });
export const deleteCausal = (id: string) => send(`/api/causal/${id}`, { method: 'DELETE' });
