import { runRecoverySchema, truthListSchema, truthsQuerySchema } from '@featurescope/contracts';
import { answers, idParams, type RegisterRoutes } from './route-schema.ts';

const tags = ['ground truth'];

export const registerGroundTruthRoutes: RegisterRoutes = (app, { syntheticRuns }) => {
  app.get(
    '/api/runs/:id/recovery',
    {
      schema: {
        tags,
        summary: 'How much of the truth a run on synthetic data has found, over training and at its end',
        params: idParams,
        response: answers(200, runRecoverySchema),
      },
    },
    (request) => syntheticRuns.recovery(request.params.id),
  );
  app.get(
    '/api/runs/:id/truths',
    {
      schema: {
        tags,
        summary: 'The truths with the latents nearest to them, best found first, a page at a time',
        params: idParams,
        querystring: truthsQuerySchema,
        response: answers(200, truthListSchema),
      },
    },
    (request) => syntheticRuns.truths(request.params.id, request.query),
  );
};
