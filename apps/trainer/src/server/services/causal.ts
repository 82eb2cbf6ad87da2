import { randomUUID } from 'node:crypto';
import {
  type CausalEstimate,
  type CreateFeatureCheck,
  type CreateRanking,
  createFeatureCheckSchema,
  createRankingSchema,
  type FeatureCheck,
  type Ranking,
} from '@featurescope/contracts';
import {
  type CausalCheckRow,
  cancelCausalCheck,
  type Db,
  deleteCausalCheck,
  findCausalCheck,
  insertCausalCheck,
  listCausalChecks,
  measuredPassSeconds,
  type RunRow,
  readFeatureSummaries,
  readHeaviestFeatures,
} from '@featurescope/db';
import { hookNames } from '@featurescope/lm/config';
import { AppError, notFound } from '../../app-error.ts';
import type { Queue } from '../../queue.ts';
import { estimateCausalCheck, featureCheckPasses, rankingPasses } from './causal-estimate.ts';
import type { InferenceClient } from './inference-client.ts';
import { type ModelService, modelConfig } from './models.ts';
import type { RunService } from './runs.ts';

/** Checks listed for a feature or a run; older ones are kept and found by their id. */
const maxListed = 20;

export interface CausalServiceOptions {
  db: Db;
  queue: Queue;
  runs: RunService;
  models: ModelService;
  inference: InferenceClient;
}

type RunOfModel = RunRow & { modelId: string };

/** What the model loses without a feature: checks of one feature, done by inference, and rankings of a run's, done by a worker. */
export class CausalService {
  private readonly options: CausalServiceOptions;

  constructor(options: CausalServiceOptions) {
    this.options = options;
  }

  /** Starts a check; nothing stays of one that inference refuses. */
  async checkFeature(runId: string, featureIndex: number, request: CreateFeatureCheck): Promise<string> {
    const { db, inference } = this.options;
    const run = await this.requireRun(runId);
    await this.requireFiring(run, featureIndex);
    const id = randomUUID();
    await insertCausalCheck(db.prisma, { id, runId: run.id, featureIndex, request, status: 'running' });
    try {
      await inference.startCausalCheck({ checkId: id });
    } catch (error) {
      await deleteCausalCheck(db, id);
      throw error;
    }
    return id;
  }

  /** Inserts a ranking with its job. */
  async rank(runId: string, request: CreateRanking): Promise<string> {
    const { db, queue } = this.options;
    const run = await this.requireRun(runId);
    const id = randomUUID();
    await db.prisma.$transaction(async (transaction) => {
      await insertCausalCheck(transaction, { id, runId: run.id, featureIndex: null, request, status: 'queued' });
      await queue.enqueueRanking(transaction, id);
    });
    return id;
  }

  async listOfFeature(runId: string, featureIndex: number): Promise<FeatureCheck[]> {
    const run = await this.options.runs.find(runId);
    const rows = await listCausalChecks(this.options.db, { runId: run.id, featureIndex, limit: maxListed });
    return rows.map(toFeatureCheck);
  }

  async listOfRun(runId: string): Promise<Ranking[]> {
    const { db, runs } = this.options;
    const run = await runs.find(runId);
    const rows = await listCausalChecks(db, { runId: run.id, featureIndex: null, limit: maxListed });
    const indices = new Set(
      rows.flatMap((row) => (row.result as Ranking['result'])?.features.map((feature) => feature.featureIndex) ?? []),
    );
    const summaries = await readFeatureSummaries(db, run.id, [...indices]);
    const labels = Object.fromEntries(
      [...summaries].flatMap(([index, { label }]) => (label === null ? [] : [[String(index), label]])),
    );
    return rows.map((row) => ({ ...toRanking(row), labels }));
  }

  async get(id: string): Promise<FeatureCheck | Ranking> {
    const row = await findCausalCheck(this.options.db, id);
    if (row === null) throw notFound('causal check', id);
    return row.featureIndex === null ? { ...toRanking(row), labels: {} } : toFeatureCheck(row);
  }

  /** One that has ended stays as it is. */
  async cancel(id: string): Promise<void> {
    if ((await cancelCausalCheck(this.options.db, id)) === null) throw notFound('causal check', id);
  }

  async delete(id: string): Promise<void> {
    if (!(await deleteCausalCheck(this.options.db, id))) throw notFound('causal check', id);
  }

  async estimateOfFeature(runId: string, request: CreateFeatureCheck): Promise<CausalEstimate> {
    return this.estimate(await this.requireRun(runId), featureCheckPasses(request));
  }

  async estimateOfRun(runId: string, request: CreateRanking): Promise<CausalEstimate> {
    const run = await this.requireRun(runId);
    const candidates = await readHeaviestFeatures(this.options.db, run.id, request.nFeatures);
    return this.estimate(run, rankingPasses(candidates, { count: request.nContexts, size: run.contextSize }));
  }

  private async estimate(run: RunOfModel, nPasses: number): Promise<CausalEstimate> {
    const { db, models, inference } = this.options;
    const config = modelConfig(await models.find(run.modelId));
    const layer = hookNames(config).find((hook) => hook.name === run.hookName)?.layer ?? -1;
    const [measured, backend] = await Promise.all([measuredPassSeconds(db, run.modelId), inference.tensorBackend()]);
    return estimateCausalCheck({
      ...{ nPasses, config, layer, measured, contextSize: run.contextSize },
      matmulGflops: backend?.matmulGflops ?? null,
    });
  }

  /** Throws not_found; unprocessable for a run on synthetic data or without features; unsupported_hook where the model cannot be changed. */
  private async requireRun(runId: string): Promise<RunOfModel> {
    const { runs, models } = this.options;
    const run = await runs.find(runId);
    const { modelId } = run;
    if (modelId === null)
      throw new AppError(
        'unprocessable',
        `The run "${run.name}" is on synthetic data: it has no model that could lose anything. Choose a run on a language model.`,
      );
    if (run.nFeatures === 0)
      throw new AppError(
        'unprocessable',
        `The run "${run.name}" has no features yet. Wait until they are indexed, then check them.`,
      );
    const config = modelConfig(await models.find(modelId));
    if (!hookNames(config).find((hook) => hook.name === run.hookName)?.interventions)
      throw new AppError(
        'unsupported_hook',
        `The run reads ${run.hookName}, which cannot be changed. Check features of a run at hook_resid_pre or hook_resid_post.`,
      );
    return { ...run, modelId };
  }

  private async requireFiring(run: RunRow, featureIndex: number): Promise<void> {
    const summary = (await readFeatureSummaries(this.options.db, run.id, [featureIndex])).get(featureIndex);
    if (!summary) throw notFound('feature', featureIndex);
    if (summary.maxActivation <= 0)
      throw new AppError(
        'unprocessable',
        `Feature ${featureIndex} never fired on the indexed text, so there is nothing to turn off. Choose another.`,
      );
  }
}

function commonFields(row: CausalCheckRow) {
  return {
    id: row.id,
    runId: row.runId,
    status: row.status as FeatureCheck['status'],
    progress: row.progress as FeatureCheck['progress'],
    failure: row.failure as FeatureCheck['failure'],
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toFeatureCheck(row: CausalCheckRow): FeatureCheck {
  return {
    ...commonFields(row),
    kind: 'feature',
    featureIndex: row.featureIndex ?? 0,
    request: createFeatureCheckSchema.parse(row.request),
    result: row.result as FeatureCheck['result'],
  };
}

function toRanking(row: CausalCheckRow): Omit<Ranking, 'labels'> {
  return {
    ...commonFields(row),
    kind: 'run',
    request: createRankingSchema.parse(row.request),
    result: row.result as Ranking['result'],
  };
}
