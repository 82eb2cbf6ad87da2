import { idParams, type RegisterRoutes } from './route-schema.ts';

export const registerBundleRoutes: RegisterRoutes = (app, { bundles }) => {
  app.get(
    '/api/runs/:id/bundle',
    {
      config: { rateLimit: { max: 20 } },
      schema: {
        tags: ['runs'],
        summary: 'Weights, features, examples and a card as a tar archive',
        description: 'SAELens directory, features as Parquet, examples as JSON lines: docs/dictionaries.md.',
        params: idParams,
      },
    },
    async (request, reply) => {
      const { fileName, archive } = await bundles.open(request.params.id);
      return reply
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(archive);
    },
  );
};
