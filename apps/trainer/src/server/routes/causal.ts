import {
  causalEstimateSchema,
  createdSchema,
  createFeatureCheckSchema,
  createRankingSchema,
  featureCheckListSchema,
  featureCheckSchema,
  rankingListSchema,
  rankingSchema,
} from '@featurescope/contracts';
import { z } from 'zod';
import { answers, featureParams, idParams, noContent, type RegisterRoutes } from './route-schema.ts';

const tags = ['causal checks'];

export const registerCausalRoutes: RegisterRoutes = (app, { causal }) => {
  app.get(
    '/api/runs/:id/features/:index/causal',
    {
      schema: {
        tags,
        summary: "A feature's causal checks, newest first",
        params: featureParams,
        response: answers(200, featureCheckListSchema),
      },
    },
    async ({ params }) => ({ checks: await causal.listOfFeature(params.id, params.index) }),
  );
  app.post(
    '/api/runs/:id/features/:index/causal',
    {
      config: { rateLimit: { max: 120 } },
      schema: {
        tags,
        summary: 'Clamp a feature to 0 and measure what the model loses, beside random features and directions',
        params: featureParams,
        body: createFeatureCheckSchema,
        response: answers(201, createdSchema),
      },
    },
    async ({ params, body }, reply) =>
      reply.code(201).send({ id: await causal.checkFeature(params.id, params.index, body) }),
  );
  app.post(
    '/api/runs/:id/features/causal/estimate',
    {
      schema: {
        tags,
        summary: 'What checking one feature takes',
        params: idParams,
        body: createFeatureCheckSchema,
        response: answers(200, causalEstimateSchema),
      },
    },
    ({ params, body }) => causal.estimateOfFeature(params.id, body),
  );
  app.get(
    '/api/runs/:id/causal',
    {
      schema: {
        tags,
        summary: 'Rankings of the features that matter most, newest first',
        params: idParams,
        response: answers(200, rankingListSchema),
      },
    },
    async ({ params }) => ({ rankings: await causal.listOfRun(params.id) }),
  );
  app.post(
    '/api/runs/:id/causal',
    {
      config: { rateLimit: { max: 60 } },
      schema: {
        tags,
        summary: 'Rank the features that write most by what the model loses without them',
        params: idParams,
        body: createRankingSchema,
        response: answers(201, createdSchema),
      },
    },
    async ({ params, body }, reply) => reply.code(201).send({ id: await causal.rank(params.id, body) }),
  );
  app.post(
    '/api/runs/:id/causal/estimate',
    {
      schema: {
        tags,
        summary: 'What a ranking takes',
        params: idParams,
        body: createRankingSchema,
        response: answers(200, causalEstimateSchema),
      },
    },
    ({ params, body }) => causal.estimateOfRun(params.id, body),
  );
  app.get(
    '/api/causal/:id',
    { schema: { tags, params: idParams, response: answers(200, z.union([featureCheckSchema, rankingSchema])) } },
    ({ params }) => causal.get(params.id),
  );
  app.post(
    '/api/causal/:id/cancel',
    { schema: { tags, summary: 'What has ended stays', params: idParams, response: noContent } },
    async ({ params }, reply) => {
      await causal.cancel(params.id);
      return reply.code(204).send();
    },
  );
  app.delete(
    '/api/causal/:id',
    { schema: { tags, params: idParams, response: noContent } },
    async ({ params }, reply) => {
      await causal.delete(params.id);
      return reply.code(204).send();
    },
  );
};
