import { healthSchema, modelListSchema } from '@featurescope/contracts';
import { answers, type RegisterRoutes } from './route-schema.ts';

export const registerSystemRoutes: RegisterRoutes = (app, { health, models }) => {
  app.get(
    '/api/health',
    { schema: { tags: ['system'], summary: 'What runs, and how fast', response: answers(200, healthSchema) } },
    () => health.get(),
  );
  app.get(
    '/api/models',
    {
      schema: { tags: ['models'], summary: 'Models on disk and their hooks', response: answers(200, modelListSchema) },
    },
    async () => ({ models: await models.list() }),
  );
};
