import {
  type CreateDecomposition,
  type createAnyRunSchema,
  createdSchema,
  decompositionKindSchema,
  importRunSchema,
  isSyntheticRequest,
  metricListSchema,
  metricsQuerySchema,
  runEstimateSchema,
  runListSchema,
  runSchema,
  startRunSchema,
} from '@featurescope/contracts';
import type { z } from 'zod';
import { answers, idParams, noContent, type RegisterRoutes } from './route-schema.ts';

const tags = ['runs'];

export const registerRunRoutes: RegisterRoutes = (app, { runs, syntheticRuns, decompositions, dictionaries }) => {
  app.get(
    '/api/runs',
    { schema: { tags, summary: 'All runs, newest first', response: answers(200, runListSchema) } },
    async () => ({ runs: await runs.list() }),
  );
  app.post(
    '/api/runs',
    {
      config: { rateLimit: { max: 120 } },
      schema: {
        tags,
        summary:
          'Train a dictionary on a model or on synthetic data, or fit a classical decomposition, then index its features, and label those of a model',
        body: startRunSchema,
        response: answers(201, createdSchema),
      },
    },
    async ({ body }, reply) => {
      if (isSyntheticRequest(body)) return reply.code(201).send({ id: await syntheticRuns.create(body) });
      const id = isDecomposition(body) ? await decompositions.create(body) : await runs.create(body);
      return reply.code(201).send({ id });
    },
  );
  app.post(
    '/api/runs/import',
    {
      config: { rateLimit: { max: 30 } },
      schema: {
        tags,
        summary: 'Take over a dictionary that was trained elsewhere, then index and label its features',
        body: importRunSchema,
        response: answers(201, createdSchema),
      },
    },
    async (request, reply) => reply.code(201).send({ id: await dictionaries.import(request.body) }),
  );
  app.post(
    '/api/runs/estimate',
    { schema: { tags, summary: 'Time and space', body: startRunSchema, response: answers(200, runEstimateSchema) } },
    ({ body }) => {
      if (isSyntheticRequest(body)) return syntheticRuns.estimate(body);
      return isDecomposition(body) ? decompositions.estimate(body) : runs.estimate(body);
    },
  );
  app.get('/api/runs/:id', { schema: { tags, params: idParams, response: answers(200, runSchema) } }, (request) =>
    runs.get(request.params.id),
  );
  app.get(
    '/api/runs/:id/metrics',
    {
      schema: {
        tags,
        summary: 'Training curves, thinned to maxPoints',
        params: idParams,
        querystring: metricsQuerySchema,
        response: answers(200, metricListSchema),
      },
    },
    async (request) => ({ metrics: await runs.metrics(request.params.id, request.query) }),
  );
  for (const action of ['pause', 'cancel', 'resume'] as const) {
    app.post(
      `/api/runs/:id/${action}`,
      { schema: { tags, params: idParams, response: answers(200, runSchema) } },
      (request) => runs[action](request.params.id),
    );
  }
  app.delete(
    '/api/runs/:id',
    { schema: { tags, summary: 'With its features, labels and files', params: idParams, response: noContent } },
    async (request, reply) => {
      await runs.delete(request.params.id);
      return reply.code(204).send();
    },
  );
};

type AnyRun = z.infer<typeof createAnyRunSchema>;

function isDecomposition(run: AnyRun): run is CreateDecomposition {
  return decompositionKindSchema.safeParse(run.architecture).success;
}
