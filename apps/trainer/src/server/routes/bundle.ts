import { idParams, type RegisterRoutes } from './route-schema.ts';

const archives = [
  {
    content: 'bundle',
    summary: 'Weights, features, examples and a card as a tar archive',
    description: 'SAELens directory, features as Parquet, examples as JSON lines: docs/dictionaries.md.',
  },
  {
    content: 'neuronpedia',
    summary: "Features and examples as SAEDashboard's batches, in a tar archive",
    description: "What Neuronpedia's converter reads: docs/dictionaries.md.",
  },
] as const;

export const registerBundleRoutes: RegisterRoutes = (app, { bundles }) => {
  for (const { content, ...described } of archives)
    app.get(
      `/api/runs/:id/${content}`,
      { config: { rateLimit: { max: 20 } }, schema: { tags: ['runs'], params: idParams, ...described } },
      async (request, reply) => {
        const { fileName, archive } = await bundles.open(request.params.id, content);
        return reply
          .type('application/x-tar')
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .send(archive);
      },
    );
};
