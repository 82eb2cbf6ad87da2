import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import fastifyHelmet from '@fastify/helmet';
import fastifyMultipart from '@fastify/multipart';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { maxDatasetBytes } from '@featurescope/contracts';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod';
import { AppError } from '../app-error.ts';
import type { Log } from '../log.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import type { ServerContext } from './context.ts';
import { handleError } from './error-handler.ts';
import { guardRequests } from './guard-requests.ts';
import { acceptJsonBodies, maxJsonBytes } from './json-body.ts';
import { proxyPages } from './pages-proxy.ts';
import type { RequestGuard } from './request-guard.ts';
import { zodValidator } from './request-validation.ts';
import { registerActivationRoutes } from './routes/activations.ts';
import { registerAnalysisRoutes } from './routes/analyses.ts';
import { registerBundleRoutes } from './routes/bundle.ts';
import { registerCausalRoutes } from './routes/causal.ts';
import { registerDatasetRoutes } from './routes/datasets.ts';
import { registerDecompositionRoutes } from './routes/decompositions.ts';
import { registerDictionariesRoutes } from './routes/dictionaries.ts';
import { registerDictionaryRoutes } from './routes/dictionary.ts';
import { registerFeatureRoutes } from './routes/features.ts';
import { registerGroundTruthRoutes } from './routes/ground-truth.ts';
import { registerModelRoutes } from './routes/models.ts';
import { withZod } from './routes/route-schema.ts';
import { registerRunRoutes } from './routes/runs.ts';
import { registerSteeringRoutes } from './routes/steering.ts';
import { registerSweepRoutes } from './routes/sweeps.ts';
import { registerSystemRoutes } from './routes/system.ts';
import { dispatchUpgrades } from './upgrades.ts';
import type { EventHub } from './websocket/event-hub.ts';
import { registerWebsocket } from './websocket/register-websocket.ts';

const requestsPerMinute = 6000;
const maxUploadFieldBytes = 2000;

export interface AppOptions {
  context: ServerContext;
  guard: RequestGuard;
  hub: EventHub;
  log: Log;
  version: string;
  /** Where everything outside /api is; null answers it with 404. */
  webUrl: string | null;
  /** The pages are served in Next's development mode. */
  isDevelopment: boolean;
}

/** The server's one public face: guard → API and websocket → the pages of Next. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.log as unknown as FastifyInstance['log'],
    logController: new LogController({ disableRequestLogging: true }),
    // Unique across restarts: it is what a user copies from an error into a report.
    genReqId: () => randomUUID(),
    bodyLimit: maxJsonBytes,
    routerOptions: { maxParamLength: 200 },
    // Closing does not wait for idle browsers that keep their connections.
    forceCloseConnections: true,
    return503OnClosing: false,
  });
  app.setErrorHandler(handleError);
  app.setValidatorCompiler(zodValidator);
  app.setSerializerCompiler(serializerCompiler);
  guardRequests(app, options.guard);
  acceptJsonBodies(app);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: contentSecurityPolicy(options),
    // Plain HTTP on the loopback is the rule; whoever puts TLS in front sets it there.
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
  const upgrades = new EventEmitter();
  dispatchUpgrades(app, { guard: options.guard, webUrl: options.webUrl, apiUpgrades: upgrades });
  await registerWebsocket(app, { upgrades, hub: options.hub });
  await app.register((api) => registerApi(api, options));
  if (options.webUrl !== null) await proxyPages(app, options.webUrl);
  else
    app.setNotFoundHandler((request) => {
      throw new AppError(
        'not_found',
        `There is nothing at ${request.method} ${request.url.slice(0, 200)}. See /api/docs.`,
      );
    });
  return app;
}

async function registerApi(api: FastifyInstance, { context, version }: AppOptions): Promise<void> {
  await api.register(fastifyRateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new AppError('too_many_requests', `Too many requests. Wait ${after}, then go on more slowly.`),
  });
  await api.register(fastifyMultipart, {
    limits: { files: 1, fields: 4, parts: 5, fieldSize: maxUploadFieldBytes, fileSize: maxDatasetBytes + 1 },
  });
  await api.register(fastifySwagger, {
    openapi: {
      info: {
        title: 'featurescope',
        version,
        description:
          'Train sparse autoencoders, browse their features, steer with them. Live events come over the websocket /api/ws; its messages are described in packages/contracts.',
      },
    },
    transform: jsonSchemaTransform,
  });
  await api.register(fastifySwaggerUi, { routePrefix: '/api/docs' });
  const routes = withZod(api);
  registerSystemRoutes(routes, context);
  registerModelRoutes(routes, context);
  registerDatasetRoutes(routes, context);
  registerRunRoutes(routes, context);
  registerGroundTruthRoutes(routes, context);
  registerActivationRoutes(routes, context);
  registerDecompositionRoutes(routes, context);
  registerSweepRoutes(routes, context);
  registerDictionaryRoutes(routes, context);
  registerDictionariesRoutes(routes, context);
  registerBundleRoutes(routes, context);
  registerFeatureRoutes(routes, context);
  registerSteeringRoutes(routes, context);
  registerAnalysisRoutes(routes, context);
  registerCausalRoutes(routes, context);
  api.all('/api/*', { schema: { hide: true } }, (request) => {
    throw new AppError(
      'not_found',
      `There is nothing at ${request.method} ${request.url.slice(0, 200)}. See /api/docs.`,
    );
  });
}
