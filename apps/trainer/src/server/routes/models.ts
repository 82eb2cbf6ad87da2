import {
  generateRequestSchema,
  generateResponseSchema,
  modelListSchema,
  modelSchema,
  predictRequestSchema,
  predictResponseSchema,
} from '@featurescope/contracts';
import { answers, idParams, type RegisterRoutes } from './route-schema.ts';

const tags = ['models'];

export const registerModelRoutes: RegisterRoutes = (app, { models }) => {
  app.get(
    '/api/models',
    { schema: { tags, summary: 'Models on disk and their hooks', response: answers(200, modelListSchema) } },
    async () => ({ models: await models.list() }),
  );
  app.get('/api/models/:id', { schema: { tags, params: idParams, response: answers(200, modelSchema) } }, (request) =>
    models.get(request.params.id),
  );
  app.post(
    '/api/models/:id/predict',
    {
      schema: {
        tags,
        summary: 'The likeliest next tokens after each token of a text',
        params: idParams,
        body: predictRequestSchema,
        response: answers(200, predictResponseSchema),
      },
    },
    (request) => models.predict(request.params.id, request.body),
  );
  app.post(
    '/api/models/:id/generate',
    {
      schema: {
        tags,
        summary: 'Continue a text, from a seed',
        params: idParams,
        body: generateRequestSchema,
        response: answers(200, generateResponseSchema),
      },
    },
    (request) => models.generate(request.params.id, request.body),
  );
};
