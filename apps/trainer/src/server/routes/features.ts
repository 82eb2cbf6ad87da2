import {
  activationsRequestSchema,
  activationsResponseSchema,
  exampleListSchema,
  examplesQuerySchema,
  featureDetailSchema,
  featureDistributionSchema,
  featurePageSchema,
  featureQuerySchema,
  starSchema,
  userLabelSchema,
} from '@featurescope/contracts';
import { answers, featureParams, idParams, type RegisterRoutes } from './route-schema.ts';

const tags = ['features'];

export const registerFeatureRoutes: RegisterRoutes = (app, { features }) => {
  app.get(
    '/api/runs/:id/features',
    {
      schema: {
        tags,
        summary: 'A page of features: sorted, filtered, searched, by keyset cursor',
        params: idParams,
        querystring: featureQuerySchema,
        response: answers(200, featurePageSchema),
      },
    },
    (request) => features.list(request.params.id, request.query),
  );
  app.get(
    '/api/runs/:id/features/distribution',
    {
      schema: {
        tags,
        summary: 'How density, score and highest activation are distributed over the features that fire',
        params: idParams,
        response: answers(200, featureDistributionSchema),
      },
    },
    (request) => features.distribution(request.params.id),
  );
  app.get(
    '/api/runs/:id/features/:index',
    { schema: { tags, params: featureParams, response: answers(200, featureDetailSchema) } },
    (request) => features.get(request.params.id, request.params.index),
  );
  app.get(
    '/api/runs/:id/features/:index/examples',
    {
      schema: {
        tags,
        summary: 'Examples of one band, or of all, in their full contexts',
        params: featureParams,
        querystring: examplesQuerySchema,
        response: answers(200, exampleListSchema),
      },
    },
    async ({ params, query }) => ({ examples: await features.examples(params.id, params.index, query.band) }),
  );
  app.post(
    '/api/runs/:id/features/:index/label',
    {
      config: { rateLimit: { max: 300 } },
      schema: { tags, summary: 'Explain again', params: featureParams, response: answers(200, featureDetailSchema) },
    },
    (request) => features.explain(request.params.id, request.params.index),
  );
  app.put(
    '/api/runs/:id/features/:index/label',
    {
      schema: {
        tags,
        summary: "Set one's own label; an empty text removes it",
        params: featureParams,
        body: userLabelSchema,
        response: answers(200, featureDetailSchema),
      },
    },
    (request) => features.setLabel(request.params.id, request.params.index, request.body.text),
  );
  app.put(
    '/api/runs/:id/features/:index/star',
    {
      schema: {
        tags,
        summary: 'Star a feature, or take the star away',
        params: featureParams,
        body: starSchema,
        response: answers(200, featureDetailSchema),
      },
    },
    (request) => features.setStar(request.params.id, request.params.index, request.body.starred),
  );
  app.post(
    '/api/runs/:id/activations',
    {
      schema: {
        tags,
        summary: 'Which features fire on a text',
        params: idParams,
        body: activationsRequestSchema,
        response: answers(200, activationsResponseSchema),
      },
    },
    (request) => features.activations(request.params.id, request.body),
  );
};
