import { randomUUID } from 'node:crypto';
import {
  architectureColumns,
  architectureSchema,
  type CreateRun,
  type MetricPoint,
  type Run,
  type RunEstimate,
} from '@featurescope/contracts';
import {
  allShardBytes,
  type DatasetRow,
  type Db,
  deleteRun,
  findCorpus,
  findDataset,
  findRun,
  insertRun,
  listModels,
  listRuns,
  type ModelRow,
  measuredSpeeds,
  type NewRun,
  type Refusal,
  type RunRow,
  readMetrics,
  readRunCurves,
  resumeRun,
  stopRun,
  storedShardBytes,
} from '@featurescope/db';
import { type HookPoint, hookNames, type ModelConfig } from '@featurescope/lm/config';
import type { Store } from '@featurescope/store';
import type { ActivationStorage } from '../../activations/activation-storage.ts';
import { activationSetOf, type SetSubject } from '../../activations/run-activation-set.ts';
import { AppError, notFound } from '../../app-error.ts';
import { type Queue, runQueue } from '../../queue.ts';
import { estimateSetSize, type SetSize } from './activation-estimate.ts';
import type { InferenceClient } from './inference-client.ts';
import { type ModelService, modelConfig } from './models.ts';
import { type EstimateInputs, estimateRun, stepCount } from './run-estimate.ts';
import { toRun } from './run-view.ts';

const maxListedRuns = 500;
const defaultMetricPoints = 1000;
/** Longest context that activations are taken from; shorter where the model's own is. */
const maxContextSize = 256;

export interface RunServiceOptions {
  db: Db;
  store: Store;
  queue: Queue;
  models: ModelService;
  inference: InferenceClient;
  activations: ActivationStorage;
}

export class RunService {
  private readonly options: RunServiceOptions;

  constructor(options: RunServiceOptions) {
    this.options = options;
  }

  async list(): Promise<Run[]> {
    const { db } = this.options;
    const rows = await listRuns(db, maxListedRuns);
    const curves = await readRunCurves(
      db,
      rows.map((row) => row.id),
    );
    return rows.map((row) => toRun(row, curves.get(row.id)));
  }

  async get(id: string): Promise<Run> {
    const row = await this.find(id);
    return toRun(row, (await readRunCurves(this.options.db, [row.id])).get(row.id));
  }

  /** The row; throws not_found. */
  async find(id: string): Promise<RunRow> {
    const row = await findRun(this.options.db, id);
    if (row === null) throw notFound('run', id);
    return row;
  }

  /** Inserts the run and its job; returns its id. Throws AppError when model, hook, dataset or sizes do not go together. */
  async create(request: CreateRun, { demo = false } = {}): Promise<string> {
    const { db, queue } = this.options;
    const run = { ...(await this.plan(request)), demo };
    await db.prisma.$transaction((transaction) => insertRun(transaction, run, runQueue(queue).enqueue));
    return run.id;
  }

  async estimate(request: CreateRun): Promise<RunEstimate> {
    return estimateRun(await this.estimateInputs(request));
  }

  /** What an estimate of the request rests on. Throws as `plan`. */
  async estimateInputs(request: CreateRun): Promise<EstimateInputs> {
    const { db, inference } = this.options;
    const model = await this.findModel(request.modelId);
    const dataset = await this.findNamed('datasetId', request.datasetId, (id) => this.findDataset(id));
    const config = modelConfig(model);
    const hook = findHook(config, request.hookName);
    const contextSize = contextSizeOf(config);
    const [backend, speeds, allModels, corpus] = await Promise.all([
      inference.tensorBackend(),
      measuredSpeeds(db),
      listModels(db),
      findCorpus(db, { datasetId: dataset.id, tokenizerHash: model.tokenizerHash, contextSize }),
    ]);
    const size = estimateSetSize({
      ...{ nTokens: request.nTokens, width: hook.width, contextSize, corpus },
      datasetBytes: Number(dataset.sizeBytes),
    });
    const measured = speeds.flatMap((speed) => {
      const architecture = architectureSchema.safeParse(speed.architecture).data;
      const used = allModels.find((candidate) => candidate.id === speed.modelId);
      const usedHook = used && hookNames(modelConfig(used)).find((point) => point.name === speed.hookName);
      if (!architecture || !used || !usedHook) return [];
      return [
        { ...speed, architecture, dModel: usedHook.width, modelConfig: modelConfig(used), layer: usedHook.layer },
      ];
    });
    return {
      run: request,
      config,
      layer: hook.layer,
      width: hook.width,
      matmulGflops: backend?.matmulGflops ?? null,
      measured,
      untokenisedBytes: corpus !== null ? 0 : Number(dataset.sizeBytes),
      heldOutTokens: corpus === null ? undefined : Number(corpus.nHeldOutTokens),
      storedActivations: await this.storedActivations(
        { model, dataset, hookName: request.hookName, contextSize },
        size,
      ),
    };
  }

  private async storedActivations(subject: SetSubject, size: SetSize): Promise<RunEstimate['storedActivations']> {
    const { db, activations } = this.options;
    const [stored, usedBytes] = await Promise.all([
      storedShardBytes(db, activationSetOf(subject).id, size.nShards),
      allShardBytes(db),
    ]);
    // Counted shards are exact, the size is not: what is whole must not look as if something were missing.
    const isWhole = stored.nShards >= size.nShards;
    const sizeBytes = isWhole ? stored.sizeBytes : Math.max(size.sizeBytes, stored.sizeBytes);
    return { sizeBytes, presentBytes: stored.sizeBytes, quotaBytes: activations.quotaBytes(usedBytes) };
  }

  async metrics(id: string, query: { afterStep?: number; maxPoints?: number }): Promise<MetricPoint[]> {
    const run = await this.find(id);
    const range = { afterStep: query.afterStep ?? -1, maxPoints: query.maxPoints ?? defaultMetricPoints };
    return readMetrics(this.options.db, run.id, range);
  }

  async pause(id: string): Promise<Run> {
    checkDone(await stopRun(this.options.db, id, 'pause'), { id, action: 'paused' });
    return this.get(id);
  }

  async cancel(id: string): Promise<Run> {
    checkDone(await stopRun(this.options.db, id, 'cancel'), { id, action: 'cancelled' });
    return this.get(id);
  }

  async resume(id: string): Promise<Run> {
    const { db, queue } = this.options;
    checkDone(await resumeRun(db, id, runQueue(queue)), { id, action: 'resumed' });
    return this.get(id);
  }

  async delete(id: string): Promise<void> {
    checkDone(await deleteRun(this.options.db, id), { id, action: 'deleted' });
    await this.options.store.removeRun(id.toLowerCase());
  }

  /** The run that a request stands for. Throws AppError when what it names is not there or not ready. */
  async plan(request: CreateRun): Promise<NewRun> {
    const model = await this.findModel(request.modelId);
    const dataset = await this.findReadyDataset(request.datasetId);
    const config = modelConfig(model);
    const hook = findHook(config, request.hookName);
    const contextSize = contextSizeOf(config);
    const { name, activations = 'stream', ...values } = request;
    return {
      id: randomUUID(),
      name: name ?? `${model.name} · ${request.hookName} · ${request.nLatents} latents`,
      modelId: model.id,
      datasetId: dataset.id,
      hookName: request.hookName,
      origin: 'trained',
      architecture: request.architecture,
      nLatents: request.nLatents,
      ...architectureColumns(request),
      preset: request.preset,
      nTokens: request.nTokens,
      batchSize: request.batchSize,
      learningRate: request.learningRate,
      seed: request.seed,
      contextSize,
      nSteps: stepCount(request),
      activations,
      resolvedConfig: { ...values, dModel: hook.width, contextSize },
      inputHashes: {
        weightsHash: model.weightsHash,
        tokenizerHash: model.tokenizerHash,
        datasetHash: dataset.contentHash,
      },
      demo: false,
    };
  }

  /** The model that a request's modelId names. Throws AppError unprocessable, also while it is not ready. */
  findModel(modelId: string): Promise<ModelRow> {
    return this.findNamed('modelId', modelId, (id) => this.options.models.findReady(id));
  }

  /** The dataset that a request's datasetId names. Throws AppError unprocessable, also while it is not ready. */
  async findReadyDataset(datasetId: string): Promise<DatasetRow> {
    const dataset = await this.findNamed('datasetId', datasetId, (id) => this.findDataset(id));
    if (dataset.status === 'ready') return dataset;
    const message = `The dataset "${dataset.name}" is ${dataset.status}, not ready. Wait, or choose another.`;
    throw new AppError('unprocessable', message, { field: 'datasetId' });
  }

  private async findDataset(id: string): Promise<DatasetRow> {
    const row = await findDataset(this.options.db, id);
    if (row === null) throw notFound('dataset', id);
    return row;
  }

  /** An id inside a request's body that names nothing is that field's fault, not a wrong address. */
  private async findNamed<T>(field: string, id: string, find: (id: string) => Promise<T>): Promise<T> {
    try {
      return await find(id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found')
        throw new AppError('unprocessable', `${field}: ${error.message}`, { field });
      throw error;
    }
  }
}

/** Tokens of a context that activations are taken from. */
export function contextSizeOf(config: ModelConfig): number {
  return Math.min(config.contextSize, maxContextSize);
}

/** Throws unsupported_hook when the model has no such hook. */
export function findHook(config: ModelConfig, hookName: string): HookPoint {
  const hook = hookNames(config).find((point) => point.name === hookName);
  if (!hook)
    throw new AppError(
      'unsupported_hook',
      `hookName is "${hookName}", which this model does not have. Its blocks are 0 to ${config.nLayers - 1}; for example blocks.0.hook_resid_post.`,
      { field: 'hookName' },
    );
  return hook;
}

function checkDone(result: Refusal | 'done' | null, { id, action }: { id: string; action: string }): void {
  if (result === null) throw notFound('run', id);
  if (result === 'done') return;
  const hint = action === 'deleted' ? ' Cancel it first.' : '';
  throw new AppError('conflict', `The run is ${result.refused} and cannot be ${action}.${hint}`);
}
