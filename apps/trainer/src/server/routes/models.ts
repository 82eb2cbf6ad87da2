import {
  foundModelsSchema,
  generateRequestSchema,
  generateResponseSchema,
  hubGgufListSchema,
  hubGgufRequestSchema,
  modelCreatedSchema,
  modelInspectionSchema,
  modelListSchema,
  modelSchema,
  modelSourceRequestSchema,
  predictRequestSchema,
  predictResponseSchema,
} from '@featurescope/contracts';
import { answers, idParams, noContent, type RegisterRoutes } from './route-schema.ts';

const tags = ['models'];

export const registerModelRoutes: RegisterRoutes = (app, { models }) => {
  app.get(
    '/api/models',
    { schema: { tags, summary: 'Models and their hooks', response: answers(200, modelListSchema) } },
    async () => ({ models: await models.list() }),
  );
  app.get('/api/models/:id', { schema: { tags, params: idParams, response: answers(200, modelSchema) } }, (request) =>
    models.get(request.params.id),
  );
  app.get(
    '/api/models/found',
    {
      schema: {
        tags,
        summary: 'Models under the roots that were not added',
        response: answers(200, foundModelsSchema),
      },
    },
    () => models.found(),
  );
  app.post(
    '/api/models/inspect',
    {
      schema: {
        tags,
        summary: 'What a source holds, before anything of it is loaded',
        body: modelSourceRequestSchema,
        response: answers(200, modelInspectionSchema),
      },
    },
    (request) => models.inspect(request.body.source),
  );
  app.post(
    '/api/models/hub-gguf',
    {
      config: { rateLimit: { max: 60 } },
      schema: {
        tags,
        summary: 'GGUF files of a repository on the hub, and their sizes',
        body: hubGgufRequestSchema,
        response: answers(200, hubGgufListSchema),
      },
    },
    (request) => models.hubGguf(request.body),
  );
  app.post(
    '/api/models',
    {
      schema: {
        tags,
        summary: 'Add a model',
        description: 'Its progress comes as events of the websocket, subject kind `model`.',
        body: modelSourceRequestSchema,
        response: answers(201, modelCreatedSchema),
      },
    },
    async (request, reply) => reply.code(201).send(await models.create(request.body.source)),
  );
  app.post(
    '/api/models/:id/retry',
    {
      schema: {
        tags,
        summary: 'Begin again with a model that failed',
        params: idParams,
        response: answers(200, modelSchema),
      },
    },
    (request) => models.retry(request.params.id),
  );
  app.delete(
    '/api/models/:id',
    {
      schema: {
        tags,
        summary: 'Forget a model, or stop adding it; its files stay',
        params: idParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await models.delete(request.params.id);
      return reply.code(204).send();
    },
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
