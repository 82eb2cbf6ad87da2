import { createdSweepSchema, createSweepSchema, sweepEstimateSchema, sweepSchema } from '@featurescope/contracts';
import { answers, idParams, type RegisterRoutes } from './route-schema.ts';

const tags = ['sweeps'];

export const registerSweepRoutes: RegisterRoutes = (app, { sweeps }) => {
  app.post(
    '/api/sweeps',
    {
      config: { rateLimit: { max: 30 } },
      schema: {
        tags,
        summary: 'Train several dictionaries on one pass over the model; each is a run',
        body: createSweepSchema,
        response: answers(201, createdSweepSchema),
      },
    },
    async (request, reply) => reply.code(201).send(await sweeps.create(request.body)),
  );
  app.post(
    '/api/sweeps/estimate',
    {
      schema: {
        tags,
        summary: 'Time and space of all together',
        body: createSweepSchema,
        response: answers(200, sweepEstimateSchema),
      },
    },
    (request) => sweeps.estimate(request.body),
  );
  app.get(
    '/api/sweeps/:id',
    { schema: { tags, summary: 'Its runs', params: idParams, response: answers(200, sweepSchema) } },
    (request) => sweeps.get(request.params.id),
  );
};
