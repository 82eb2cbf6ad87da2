import {
  absorptionDetailSchema,
  absorptionListSchema,
  coActivationBlocksSchema,
  coActivationPairsSchema,
  coActivationQuerySchema,
  comparableRunsQuerySchema,
  comparableRunsSchema,
  comparedFeaturesSchema,
  comparisonFeaturesQuerySchema,
  comparisonListSchema,
  comparisonQuerySchema,
  comparisonSchema,
  createAbsorptionSchema,
  createComparisonSchema,
  createdSchema,
  createLadderSchema,
  duplicatePairsSchema,
  featureNeuronsSchema,
  healthPageQuerySchema,
  kindFeaturesSchema,
  kindQuerySchema,
  ladderQuerySchema,
  ladderSchema,
  neuronCountQuerySchema,
  neuronFeaturesSchema,
  runHealthSchema,
} from '@featurescope/contracts';
import { answers, featureParams, idParams, neuronParams, noContent, type RegisterRoutes } from './route-schema.ts';

const config = { rateLimit: { max: 120 } };

export const registerAnalysisRoutes: RegisterRoutes = (app, context) => {
  registerComparisons(app, context);
  registerLadders(app, context);
  registerHealth(app, context);
  registerAbsorptions(app, context);
  registerNeurons(app, context);
  app.delete(
    '/api/analyses/:id',
    {
      schema: {
        tags: ['analyses'],
        summary: 'Remove a comparison, a health check or an absorption analysis',
        params: idParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await context.analyses.delete(request.params.id);
      return reply.code(204).send();
    },
  );
};

const registerComparisons: RegisterRoutes = (app, { analyses: { comparisons } }) => {
  const tags = ['comparisons'];
  app.get(
    '/api/comparisons',
    { schema: { tags, summary: 'All comparisons, newest first', response: answers(200, comparisonListSchema) } },
    async () => ({ comparisons: await comparisons.list() }),
  );
  app.post(
    '/api/comparisons',
    {
      config,
      schema: {
        tags,
        summary: 'Compare two dictionaries feature by feature; the same two give the same comparison',
        body: createComparisonSchema,
        response: answers(201, createdSchema),
      },
    },
    async (request, reply) => reply.code(201).send({ id: await comparisons.create(request.body) }),
  );
  app.get(
    '/api/comparisons/candidates',
    {
      schema: {
        tags,
        summary: 'Which runs can be compared with one, and why others cannot',
        querystring: comparableRunsQuerySchema,
        response: answers(200, comparableRunsSchema),
      },
    },
    async (request) => ({ runs: await comparisons.comparableRuns(request.query.with) }),
  );
  app.get(
    '/api/comparisons/:id',
    {
      schema: {
        tags,
        summary: 'Shares, cosines and how many features had which fate',
        params: idParams,
        querystring: comparisonQuerySchema,
        response: answers(200, comparisonSchema),
      },
    },
    (request) => comparisons.get(request.params.id, request.query.threshold),
  );
  app.get(
    '/api/comparisons/:id/features',
    {
      schema: {
        tags,
        summary: 'The features of one side with one fate, with their partners',
        params: idParams,
        querystring: comparisonFeaturesQuerySchema,
        response: answers(200, comparedFeaturesSchema),
      },
    },
    (request) => comparisons.features(request.params.id, request.query),
  );
};

const registerLadders: RegisterRoutes = (app, { analyses: { ladders } }) => {
  const tags = ['comparisons'];
  app.post(
    '/api/ladders',
    {
      config,
      schema: {
        tags,
        summary: 'Compare dictionaries of rising size, each with the next',
        body: createLadderSchema,
        response: noContent,
      },
    },
    async (request, reply) => {
      await ladders.create(request.body.runIds);
      return reply.code(204).send();
    },
  );
  app.get(
    '/api/ladders',
    {
      schema: {
        tags,
        summary: 'Which features of one size went into which of the next',
        querystring: ladderQuerySchema,
        response: answers(200, ladderSchema),
      },
    },
    (request) => ladders.get(request.query),
  );
};

const registerHealth: RegisterRoutes = (app, { analyses: { health } }) => {
  const tags = ['health'];
  app.post(
    '/api/runs/:id/health',
    {
      config,
      schema: {
        tags,
        summary: 'Read text again and look for what is amiss with the features',
        params: idParams,
        response: answers(201, createdSchema),
      },
    },
    async (request, reply) => reply.code(201).send({ id: await health.create(request.params.id) }),
  );
  app.get(
    '/api/runs/:id/health',
    {
      schema: {
        tags,
        summary: 'L0 histogram, kinds of document, numbers of near-duplicates and of co-activating pairs',
        params: idParams,
        response: answers(200, runHealthSchema),
      },
    },
    (request) => health.get(request.params.id),
  );
  app.get(
    '/api/runs/:id/health/duplicates',
    {
      schema: {
        tags,
        summary: 'Pairs of features with nearly the same direction',
        params: idParams,
        querystring: healthPageQuerySchema,
        response: answers(200, duplicatePairsSchema),
      },
    },
    (request) => health.duplicates(request.params.id, request.query),
  );
  app.get(
    '/api/runs/:id/health/co-activation',
    {
      schema: {
        tags,
        summary: 'Pairs of features that fire on the same tokens',
        params: idParams,
        querystring: coActivationQuerySchema,
        response: answers(200, coActivationPairsSchema),
      },
    },
    (request) => health.coActivation(request.params.id, request.query),
  );
  app.get(
    '/api/runs/:id/health/blocks',
    {
      schema: {
        tags,
        summary: 'Groups of features that fire together',
        params: idParams,
        querystring: healthPageQuerySchema,
        response: answers(200, coActivationBlocksSchema),
      },
    },
    (request) => health.blocks(request.params.id, request.query),
  );
  app.get(
    '/api/runs/:id/health/kinds',
    {
      schema: {
        tags,
        summary: 'Features that prefer a language or kind of document',
        params: idParams,
        querystring: kindQuerySchema,
        response: answers(200, kindFeaturesSchema),
      },
    },
    (request) => health.kind(request.params.id, request.query),
  );
};

const registerAbsorptions: RegisterRoutes = (app, { analyses: { absorptions } }) => {
  const tags = ['absorption'];
  app.post(
    '/api/runs/:id/absorptions',
    {
      config,
      schema: {
        tags,
        summary: 'Look for tokens of a concept on which its own latents are silent',
        params: idParams,
        body: createAbsorptionSchema,
        response: answers(201, createdSchema),
      },
    },
    async (request, reply) => reply.code(201).send({ id: await absorptions.create(request.params.id, request.body) }),
  );
  app.get(
    '/api/runs/:id/absorptions',
    { schema: { tags, summary: 'Newest first', params: idParams, response: answers(200, absorptionListSchema) } },
    async (request) => ({ absorptions: await absorptions.list(request.params.id) }),
  );
  app.get(
    '/api/absorptions/:id',
    {
      schema: {
        tags,
        summary: 'With main latents, absorbing ones and the tokens that were judged',
        params: idParams,
        response: answers(200, absorptionDetailSchema),
      },
    },
    (request) => absorptions.get(request.params.id),
  );
};

const registerNeurons: RegisterRoutes = (app, { analyses: { neurons } }) => {
  const tags = ['neurons'];
  app.get(
    '/api/runs/:id/features/:index/neurons',
    {
      schema: {
        tags,
        summary: 'Neurons that take part in a feature, by weights',
        params: featureParams,
        querystring: neuronCountQuerySchema,
        response: answers(200, featureNeuronsSchema),
      },
    },
    ({ params, query }) => neurons.ofFeature(params.id, params.index, query.count),
  );
  app.get(
    '/api/runs/:id/neurons/:neuron',
    {
      schema: {
        tags,
        summary: 'Features that a neuron takes part in, by weights',
        params: neuronParams,
        querystring: neuronCountQuerySchema,
        response: answers(200, neuronFeaturesSchema),
      },
    },
    ({ params, query }) => neurons.ofNeuron(params.id, params.neuron, query.count),
  );
};
