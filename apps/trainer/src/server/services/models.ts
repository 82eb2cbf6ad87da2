import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type {
  GenerateRequest,
  GenerateResponse,
  Model,
  PredictRequest,
  PredictResponse,
} from '@featurescope/contracts';
import { type Db, findModel, listModels, type ModelRow, upsertModel } from '@featurescope/db';
import { hookNames, type ModelConfig } from '@featurescope/lm/config';
import { notFound } from '../../app-error.ts';
import type { Log } from '../../log.ts';
import type { InferenceClient } from './inference-client.ts';
import { findModelDirectories, modelStamp, readModelFiles } from './model-files.ts';

const rescanAfterMs = 15_000;

export interface ModelServiceOptions {
  db: Db;
  log: Log;
  roots: string[];
  bundledDirectory: string;
  inference: InferenceClient;
}

/** The models on disk, kept in step with the database. */
export class ModelService {
  private readonly options: ModelServiceOptions;
  /** Directory → stamp of what the database holds. */
  private readonly stamps = new Map<string, string>();
  private lastScan = Number.NEGATIVE_INFINITY;
  private scanning: Promise<void> | null = null;

  constructor(options: ModelServiceOptions) {
    this.options = options;
  }

  async list(): Promise<Model[]> {
    if (performance.now() - this.lastScan > rescanAfterMs) await this.scan();
    return (await listModels(this.options.db)).map(toModel);
  }

  /** Throws not_found. */
  async get(id: string): Promise<Model> {
    return toModel(await this.find(id));
  }

  /** The likeliest next tokens at each place of a prompt. Throws not_found, prompt_too_long, inference_unavailable. */
  async predict(id: string, request: PredictRequest): Promise<PredictResponse> {
    const { id: modelId } = await this.find(id);
    return this.options.inference.predict({ modelId, ...request });
  }

  /** Continues a prompt. Throws not_found, prompt_too_long, inference_unavailable. */
  async generate(id: string, request: GenerateRequest): Promise<GenerateResponse> {
    const { id: modelId } = await this.find(id);
    return this.options.inference.generate({ modelId, ...request });
  }

  /** The row; throws not_found. */
  async find(id: string): Promise<ModelRow> {
    const model = await findModel(this.options.db, id);
    if (model === null) throw notFound('model', id);
    return model;
  }

  /** Looks for new and changed model directories. One that cannot be read is logged and left out. */
  scan(): Promise<void> {
    this.scanning ??= this.scanOnce().finally(() => {
      this.scanning = null;
      this.lastScan = performance.now();
    });
    return this.scanning;
  }

  private async scanOnce(): Promise<void> {
    const { db, log, roots } = this.options;
    const bundled = await realpath(this.options.bundledDirectory).catch(() => null);
    const names = new Set<string>();
    for (const directory of await findModelDirectories(roots)) {
      const name = uniqueName(path.basename(directory), names);
      names.add(name);
      try {
        const stamp = await modelStamp(directory);
        if (this.stamps.get(directory) === stamp) continue;
        const files = await readModelFiles(directory);
        await upsertModel(db, { name, directory, bundled: directory === bundled, ...files });
        this.stamps.set(directory, stamp);
      } catch (error) {
        log.warn({ err: error, directory }, 'model directory is not usable');
      }
    }
  }
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let n = 2; taken.has(unique); n++) unique = `${name} (${n})`;
  return unique;
}

export function modelConfig(model: { config: unknown }): ModelConfig {
  return model.config as ModelConfig;
}

/** resid_post of the middle layer: late enough to hold concepts, early enough to steer. */
export function defaultHookName(nLayers: number): string {
  return `blocks.${Math.max(0, Math.ceil(nLayers / 2) - 1)}.hook_resid_post`;
}

export function toModel(row: ModelRow): Model {
  const config = modelConfig(row);
  return {
    id: row.id,
    name: row.name,
    modelType: config.modelType,
    nLayers: config.nLayers,
    dModel: config.dModel,
    nHeads: config.nHeads,
    vocabSize: config.vocabSize,
    contextSize: config.contextSize,
    nParameters: config.nParameters,
    licence: row.licence,
    tokenizerHash: row.tokenizerHash,
    weightsHash: row.weightsHash,
    bundled: row.bundled,
    defaultHookName: defaultHookName(config.nLayers),
    hooks: hookNames(config).map((hook) => ({
      name: hook.name,
      layer: hook.layer >= 0 ? hook.layer : null,
      width: hook.width,
      steerable: hook.interventions,
    })),
  };
}
