import { randomUUID } from 'node:crypto';
import type {
  CreateSteering,
  LaneToken,
  SteeringExperiment,
  StoredEvent,
  steeringListSchema,
} from '@featurescope/contracts';
import {
  type Db,
  deleteSteering,
  findSteering,
  insertSteering,
  listSteering,
  type RunRow,
  readEvents,
  readFeatureSummaries,
  type SteeringRow,
} from '@featurescope/db';
import { hookNames } from '@featurescope/lm/config';
import type { z } from 'zod';
import { AppError, notFound } from '../../app-error.ts';
import type { InferenceClient } from './inference-client.ts';
import { type ModelService, modelConfig } from './models.ts';
import type { RunService } from './runs.ts';
import type { Vocabularies } from './vocabularies.ts';

const maxListed = 200;
const eventPage = 2000;

export interface SteeringServiceOptions {
  db: Db;
  runs: RunService;
  models: ModelService;
  vocabularies: Vocabularies;
  inference: InferenceClient;
}

export class SteeringService {
  private readonly options: SteeringServiceOptions;

  constructor(options: SteeringServiceOptions) {
    this.options = options;
  }

  async list(): Promise<z.infer<typeof steeringListSchema>['experiments']> {
    const rows = await listSteering(this.options.db, maxListed);
    return rows.map((row) => ({
      ...row,
      request: row.request as unknown as CreateSteering,
      status: row.status as SteeringExperiment['status'],
      createdAt: row.createdAt.toISOString(),
    }));
  }

  /** Starts an experiment; its tokens come as events of the websocket. Nothing stays of one that inference refuses. */
  async create(request: CreateSteering): Promise<string> {
    const { db, inference } = this.options;
    await this.check(request);
    const id = randomUUID();
    await insertSteering(db, id, request);
    try {
      await inference.startSteering({ experimentId: id });
    } catch (error) {
      await deleteSteering(db, id);
      throw error;
    }
    return id;
  }

  async get(id: string): Promise<SteeringExperiment> {
    const { db } = this.options;
    const row = await findSteering(db, id);
    if (row === null) throw notFound('steering experiment', id);
    const request = row.request as unknown as CreateSteering;
    const indices = request.interventions.map((intervention) => intervention.featureIndex);
    const summaries = await readFeatureSummaries(db, row.runId, indices);
    const stored = row.lanes as SteeringExperiment['lanes'] | null;
    const written = stored === null ? foldEvents(await this.eventsOf(row)) : null;
    return {
      id: row.id,
      runId: row.runId,
      name: row.name,
      request,
      featureLabels: indices.map((featureIndex) => ({
        featureIndex,
        label: summaries.get(featureIndex)?.label ?? null,
        maxActivation: summaries.get(featureIndex)?.maxActivation ?? 0,
      })),
      status: row.status as SteeringExperiment['status'],
      promptTokens: written?.promptTokens ?? (row.promptTokens as SteeringExperiment['promptTokens']),
      lanes: stored ?? (written as WrittenSoFar).lanes,
      result: row.result as SteeringExperiment['result'],
      failure: row.failure as SteeringExperiment['failure'],
      createdAt: row.createdAt.toISOString(),
      lastSeq: row.lastSeq,
    };
  }

  /** Up to the row's own lastSeq, so that a client that subscribes after it neither misses nor repeats a token. */
  private async eventsOf(row: SteeringRow): Promise<StoredEvent[]> {
    const events = await readEvents(this.options.db, row.id, { afterSeq: 0, limit: eventPage });
    return events.filter((event) => event.seq <= row.lastSeq);
  }

  private async check(request: CreateSteering): Promise<void> {
    const { db, runs, models, vocabularies } = this.options;
    const run = await runs.find(request.runId).catch((error) => {
      if (error instanceof AppError && error.code === 'not_found')
        throw new AppError('unprocessable', `runId: ${error.message}`, { field: 'runId' });
      throw error;
    });
    if (run.modelId === null)
      throw new AppError(
        'unprocessable',
        `runId: the run "${run.name}" is on synthetic data; there is no model to steer.`,
        {
          field: 'runId',
        },
      );
    const model = await models.find(run.modelId);
    const config = modelConfig(model);
    checkHook(run, config);
    const indices = request.interventions.map((intervention) => intervention.featureIndex);
    const summaries = await readFeatureSummaries(db, run.id, indices);
    for (const [i, index] of indices.entries()) {
      const field = `interventions.${i}.featureIndex`;
      if (indices.indexOf(index) !== i)
        throw new AppError('unprocessable', `${field} is ${index} for the second time. Name each feature once.`, {
          field,
        });
      const summary = summaries.get(index);
      if (!summary)
        throw new AppError(
          'unprocessable',
          `${field} is ${index}, which the run's index does not hold. Choose one from its list.`,
          {
            field,
          },
        );
      if (summary.maxActivation <= 0)
        throw new AppError(
          'unprocessable',
          `${field} is ${index}, which never fired: it has no unit of strength. Choose another.`,
          {
            field,
          },
        );
    }
    const { tokenizer } = await vocabularies.of(model.directory);
    const nPrompt = tokenizer.encode(request.prompt).length + (config.bosTokenId === null ? 0 : 1);
    if (nPrompt + request.nTokens > config.contextSize)
      throw new AppError(
        'prompt_too_long',
        `The prompt's ${nPrompt} tokens and nTokens ${request.nTokens} exceed the model's ${config.contextSize}. Shorten one of them.`,
        { field: 'prompt' },
      );
  }
}

function checkHook(run: RunRow, config: ReturnType<typeof modelConfig>): void {
  if (run.nFeatures === 0)
    throw new AppError('unprocessable', `The run "${run.name}" has no features yet. Wait until they are indexed.`, {
      field: 'runId',
    });
  if (!hookNames(config).find((hook) => hook.name === run.hookName)?.interventions)
    throw new AppError(
      'unsupported_hook',
      `The run reads ${run.hookName}, which cannot be changed. Steer with a run at hook_resid_pre or hook_resid_post.`,
      { field: 'runId' },
    );
}

interface WrittenSoFar {
  promptTokens: SteeringExperiment['promptTokens'];
  lanes: SteeringExperiment['lanes'];
}

/** What an experiment that is still running has written. */
function foldEvents(events: StoredEvent[]): WrittenSoFar {
  const lanes: Record<'baseline' | 'steered' | 'control', LaneToken[]> = { baseline: [], steered: [], control: [] };
  let promptTokens: WrittenSoFar['promptTokens'] = [];
  for (const event of events) {
    if (event.type === 'prompt') promptTokens = event.payload.tokens;
    if (event.type === 'tokens') lanes[event.payload.lane].push(...event.payload.tokens);
  }
  const { baseline, steered, control } = lanes;
  return { promptTokens, lanes: { baseline, steered, control: control.length > 0 ? control : null } };
}
