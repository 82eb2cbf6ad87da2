import { activationListSchema } from '@featurescope/contracts';
import { answers, idParams, noContent, type RegisterRoutes } from './route-schema.ts';

const tags = ['activations'];

export const registerActivationRoutes: RegisterRoutes = (app, { activations }) => {
  app.get(
    '/api/activations',
    {
      schema: {
        tags,
        summary: 'Stored activations, by model, hook and dataset; last used first',
        response: answers(200, activationListSchema),
      },
    },
    () => activations.list(),
  );
  app.delete(
    '/api/activations/:id',
    {
      schema: {
        tags,
        summary: 'Refused while a running run reads them; a later run harvests them again',
        params: idParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await activations.delete(request.params.id);
      return reply.code(204).send();
    },
  );
};
