import { decompositionSchema } from '@featurescope/contracts';
import { answers, idParams, type RegisterRoutes } from './route-schema.ts';

export const registerDecompositionRoutes: RegisterRoutes = (app, { decompositions }) => {
  app.get(
    '/api/runs/:id/decomposition',
    {
      schema: {
        tags: ['runs'],
        summary: 'What a fitted run was asked for, and what fitting found',
        params: idParams,
        response: answers(200, decompositionSchema),
      },
    },
    (request) => decompositions.get(request.params.id),
  );
};
