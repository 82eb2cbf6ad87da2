import {
  createdSchema,
  createSteeringSchema,
  steeringExperimentSchema,
  steeringListSchema,
} from '@featurescope/contracts';
import { answers, idParams, type RegisterRoutes } from './route-schema.ts';

const tags = ['steering'];

export const registerSteeringRoutes: RegisterRoutes = (app, { steering }) => {
  app.get(
    '/api/steering',
    { schema: { tags, summary: 'Saved experiments, newest first', response: answers(200, steeringListSchema) } },
    async () => ({ experiments: await steering.list() }),
  );
  app.post(
    '/api/steering',
    {
      config: { rateLimit: { max: 300 } },
      schema: {
        tags,
        summary: 'Generate with and without interventions; tokens come over the websocket',
        body: createSteeringSchema,
        response: answers(201, createdSchema),
      },
    },
    async (request, reply) => reply.code(201).send({ id: await steering.create(request.body) }),
  );
  app.get(
    '/api/steering/:id',
    { schema: { tags, params: idParams, response: answers(200, steeringExperimentSchema) } },
    (request) => steering.get(request.params.id),
  );
};
