import { healthSchema } from '@featurescope/contracts';
import { answers, type RegisterRoutes } from './route-schema.ts';

export const registerSystemRoutes: RegisterRoutes = (app, { health }) => {
  app.get(
    '/api/health',
    { schema: { tags: ['system'], summary: 'What runs, and how fast', response: answers(200, healthSchema) } },
    () => health.get(),
  );
};
