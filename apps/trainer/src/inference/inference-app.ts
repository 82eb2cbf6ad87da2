import { createHash, timingSafeEqual } from 'node:crypto';
import type { TensorBackend } from '@featurescope/contracts';
import { type Db, failCausalCheck, failSteering, openSteeringHold } from '@featurescope/db';
import type { LoadOptions } from '@featurescope/lm';
import type { Store } from '@featurescope/store';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { AppError, statusOfCode } from '../app-error.ts';
import { CheckEndedError } from '../causal/check-progress.ts';
import type { Log } from '../log.ts';
import { activationsBodySchema, textActivations } from './activations.ts';
import { toAppError } from './error-mapping.ts';
import { explainAgain, explainBodySchema } from './explain.ts';
import { doFeatureCheck, featureCheckBodySchema, takeFeatureCheck } from './feature-check.ts';
import {
  generateBodySchema,
  generateText,
  predictBodySchema,
  predictTokens,
  requireModel,
} from './language-modelling.ts';
import { featureNeurons, featureNeuronsBodySchema, neuronFeatures, neuronFeaturesBodySchema } from './neurons.ts';
import { ResidentModels } from './resident-models.ts';
import { RunSubjects } from './run-subjects.ts';
import { prepareExperiment, readSteeringRequest, runExperiment, steeringBodySchema } from './steering-experiment.ts';
import { WorkQueue } from './work-queue.ts';

export interface InferenceAppOptions {
  db: Db;
  store: Store;
  log: Log;
  /** What callers must send as `x-featurescope-secret`. */
  secret: string;
  tensor: () => TensorBackend;
  /** What becomes of models whose files have their matrices in few bits. Default: expanded. */
  packedWeights?: LoadOptions['weights'];
}

/** Requests that use the model at the same time, and those that may wait for it. */
const limits = { maxRunning: 2, maxWaiting: 64 };
const bodyLimitBytes = 1 << 20;

/** The interactive side of the models: which features fire on a text, explaining again, steering. */
export async function buildInferenceApp(options: InferenceAppOptions): Promise<FastifyInstance> {
  const { db, store, log } = options;
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
  });
  const models = new ResidentModels(options.packedWeights);
  const subjects = new RunSubjects({ db, store, models });
  const queue = new WorkQueue(limits);
  const stopping = new AbortController();
  const experiments = new Set<Promise<void>>();
  const hold = openSteeringHold(db, (error) => log.warn({ err: error }, 'the connection that holds experiments broke'));

  app.addHook('onRequest', async (request) => {
    if (!isSecret(request.headers['x-featurescope-secret'], options.secret))
      throw new AppError('unauthorized', 'x-featurescope-secret is missing or wrong.');
  });
  app.setErrorHandler((error, request, reply) => {
    const appError = toAppError(error);
    if (appError.code === 'internal') request.log.error({ err: error }, 'a request failed');
    const { code, message, field } = appError;
    return reply.code(statusOfCode[code]).send({ error: { code, message, field } });
  });
  app.addHook('preClose', async () => {
    stopping.abort(
      new AppError('inference_unavailable', 'The inference process was stopped. Run the experiment again.'),
    );
    await Promise.all(experiments);
  });
  app.addHook('onClose', async () => {
    await hold.close();
    await subjects.dispose();
    await models.dispose();
  });

  app.get('/health', async () => ({ tensor: options.tensor() }));
  app.post('/activations', async (request) => {
    const { runId, ...asked } = activationsBodySchema.parse(request.body);
    return queue.run(() => subjects.use(runId, (subject) => textActivations(db, subject, asked)));
  });
  app.post('/predict', async (request) => {
    const { modelId, ...asked } = predictBodySchema.parse(request.body);
    const row = await requireModel(db, modelId);
    return queue.run(() => models.use(row, (model) => predictTokens(model, asked)));
  });
  app.post('/generate', async (request, reply) => {
    const { modelId, ...asked } = generateBodySchema.parse(request.body);
    // Whoever has given up waiting no longer holds a place.
    const left = new AbortController();
    reply.raw.once('close', () => left.abort(new AppError('inference_unavailable', 'The caller has left.')));
    const signal = AbortSignal.any([stopping.signal, left.signal]);
    const row = await requireModel(db, modelId);
    return queue.run(() => models.use(row, (model) => generateText(model, asked, signal)));
  });
  app.post('/explain', async (request) => {
    const { runId, featureIndex } = explainBodySchema.parse(request.body);
    return queue.run(() => subjects.use(runId, (subject) => explainAgain({ db, store }, subject, featureIndex)));
  });
  app.post('/feature-neurons', async (request) => {
    const { runId, ...asked } = featureNeuronsBodySchema.parse(request.body);
    return queue.run(() => subjects.use(runId, (subject) => featureNeurons(subject, asked)));
  });
  app.post('/neuron-features', async (request) => {
    const { runId, ...asked } = neuronFeaturesBodySchema.parse(request.body);
    return queue.run(() => subjects.use(runId, (subject) => neuronFeatures(subject, asked)));
  });
  app.post('/steering', async (request, reply) => {
    const { experimentId } = steeringBodySchema.parse(request.body);
    const steering = await readSteeringRequest(db, experimentId);
    await hold.hold(experimentId);
    const prepared = await subjects
      .use(steering.runId, (subject) => prepareExperiment(db, subject, { experimentId, request: steering }))
      .catch(async (error) => {
        await hold.release(experimentId);
        throw error;
      });
    const work = queue
      .run(() =>
        subjects.use(steering.runId, (subject) =>
          runExperiment(db, subject, { experimentId, request: prepared, signal: stopping.signal }),
        ),
      )
      .catch(async (error) => {
        const { code, message } = toAppError(error);
        if (code === 'internal') log.error({ err: error, experimentId }, 'an experiment failed');
        await failSteering(db, experimentId, { code, message });
      })
      .catch((error) => log.error({ err: error, experimentId }, 'could not record that an experiment failed'))
      .finally(() => hold.release(experimentId))
      .finally(() => experiments.delete(work));
    experiments.add(work);
    return reply.code(202).send({});
  });
  app.post('/causal-checks', async (request, reply) => {
    const { checkId } = featureCheckBodySchema.parse(request.body);
    await hold.hold(checkId);
    const taken = await takeFeatureCheck(db, checkId).catch(async (error) => {
      await hold.release(checkId);
      throw error;
    });
    const parts = { db, store, stopping: stopping.signal };
    const work = queue
      .run(() => subjects.use(taken.runId, (subject) => doFeatureCheck(parts, subject, taken)))
      .catch(async (error) => {
        if (error instanceof CheckEndedError) return;
        const { code, message } = toAppError(error);
        if (code === 'internal') log.error({ err: error, checkId }, 'a causal check failed');
        await failCausalCheck(db, taken.claim, { code, message });
      })
      .catch((error) => log.error({ err: error, checkId }, 'could not record that a causal check failed'))
      .finally(() => hold.release(checkId))
      .finally(() => experiments.delete(work));
    experiments.add(work);
    return reply.code(202).send({});
  });
  return app;
}

/** Compares in a time that does not depend on where the two differ. */
function isSecret(given: string | string[] | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
}
