import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type {
  FoundModels,
  GenerateRequest,
  GenerateResponse,
  HubGgufList,
  Model,
  ModelInspection,
  ModelSource,
  PredictRequest,
  PredictResponse,
} from '@featurescope/contracts';
import {
  type Db,
  deleteModel,
  findModel,
  insertModel,
  listModels,
  type ModelRow,
  retryModel,
  updateModelContents,
  upsertBundledModel,
} from '@featurescope/db';
import type { HubClient } from '@featurescope/hub';
import { AppError, notFound } from '../../app-error.ts';
import type { Log } from '../../log.ts';
import { listHubGguf } from './hub-gguf.ts';
import type { InferenceClient } from './inference-client.ts';
import type { ModelAdder } from './model-adder.ts';
import { invalidModel } from './model-errors.ts';
import { listModelFiles, readModelContents, stampOf } from './model-files.ts';
import { findModels, type ModelLocation } from './model-roots.ts';
import { describeSource, openSource } from './model-sources.ts';
import { sourceOf, toModel } from './model-view.ts';

export { defaultHookName, modelConfig } from './model-view.ts';

const rescanAfterMs = 15_000;

export interface ModelServiceOptions {
  db: Db;
  log: Log;
  roots: string[];
  bundledDirectory: string;
  inference: InferenceClient;
  adder: ModelAdder;
  hub: HubClient;
}

/** The models of this installation: added from somewhere, kept in step with their files, asked for tokens. */
export class ModelService {
  private readonly options: ModelServiceOptions;
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

  /** What lies under the roots and is none of the models yet. */
  async found(): Promise<FoundModels> {
    const { db, roots } = this.options;
    const known = new Set((await listModels(db)).map((row) => row.directory));
    const found = (await findModels(roots)).filter((location) => !known.has(location.path));
    return { roots, found: found.map((location) => ({ ...location, name: path.basename(location.path) })) };
  }

  /** What a source holds. Throws AppError for one that cannot be added, saying why. */
  async inspect(source: ModelSource): Promise<ModelInspection> {
    const opened = await openSource(source, this.options);
    const known = (await listModels(this.options.db)).find((row) => row.directory === opened.location.path);
    return describeSource(opened, known?.id ?? null);
  }

  /** The GGUF files of a repository on the hub. Throws AppError. */
  async hubGguf({ repo, revision = 'main' }: { repo: string; revision?: string }): Promise<HubGgufList> {
    try {
      return await listHubGguf(repo, revision, this.options.hub);
    } catch (error) {
      throw invalidModel(error);
    }
  }

  /** Begins to add a model. Throws AppError for a source that cannot be added, and conflict for one that was. */
  async create(source: ModelSource): Promise<Pick<Model, 'id' | 'status'>> {
    const { location, files: _, ...values } = await openSource(source, this.options);
    const inserted = await insertModel(this.options.db, { ...values, directory: location.path });
    if ('addedAs' in inserted)
      throw new AppError(
        'conflict',
        `The model was added as "${inserted.addedAs}" already. Use that one, or delete it first.`,
        {
          field: 'source',
        },
      );
    this.options.adder.start(inserted.id);
    return { id: inserted.id, status: 'adding' };
  }

  /** Begins again with a model that failed. Throws not_found, conflict. */
  async retry(id: string): Promise<Model> {
    const { adder, db } = this.options;
    const { status } = await this.find(id);
    await adder.stop(id);
    if (!(await retryModel(db, id)))
      throw new AppError('conflict', `The model is ${status}, not failed. Only a failed one can be tried again.`);
    adder.start(id);
    return this.get(id);
  }

  /** Forgets a model, and stops adding it. Its files stay where they are: none of them was made here. */
  async delete(id: string): Promise<void> {
    const result = await deleteModel(this.options.db, id);
    if (result === null) throw notFound('model', id);
    if (result === 'bundled')
      throw new AppError(
        'conflict',
        'This model ships with featurescope and cannot be deleted. Leave it, and add others.',
      );
    if (result !== 'done') {
      const names = result.runs.map((name) => `"${name}"`).join(', ');
      throw new AppError('conflict', `The model is used by ${names}. Delete these runs first.`);
    }
    await this.options.adder.stop(id);
  }

  /** The likeliest next tokens at each place of a prompt. Throws not_found, prompt_too_long, inference_unavailable. */
  async predict(id: string, request: PredictRequest): Promise<PredictResponse> {
    const { id: modelId } = await this.findReady(id);
    return this.options.inference.predict({ modelId, ...request });
  }

  /** Continues a prompt. Throws not_found, prompt_too_long, inference_unavailable. */
  async generate(id: string, request: GenerateRequest): Promise<GenerateResponse> {
    const { id: modelId } = await this.findReady(id);
    return this.options.inference.generate({ modelId, ...request });
  }

  /** The row; throws not_found. */
  async find(id: string): Promise<ModelRow> {
    const model = await findModel(this.options.db, id);
    if (model === null) throw notFound('model', id);
    return model;
  }

  /** The row of a model that can be used; throws not_found, unprocessable. */
  async findReady(id: string): Promise<ModelRow> {
    const model = await this.find(id);
    if (model.status !== 'ready')
      throw new AppError(
        'unprocessable',
        `The model "${model.name}" is ${model.status}, not ready. See the Models page, or choose another.`,
        { field: 'modelId' },
      );
    return model;
  }

  /** Looks whether the bundled model is there, and which models' files were replaced. One that cannot be read is logged. */
  scan(): Promise<void> {
    this.scanning ??= this.scanOnce().finally(() => {
      this.scanning = null;
      this.lastScan = performance.now();
    });
    return this.scanning;
  }

  private async scanOnce(): Promise<void> {
    const { db, roots } = this.options;
    const bundled = await realpath(this.options.bundledDirectory).catch(() => null);
    const rows = await listModels(db);
    if (bundled !== null) {
      const known = rows.find((row) => row.bundled && row.directory === bundled);
      await this.refresh({ kind: 'directory', path: bundled }, [bundled], known ?? null, async (contents) => {
        await upsertBundledModel(db, { name: path.basename(bundled), directory: bundled, ...contents });
      });
    }
    for (const row of rows) {
      const source = sourceOf(row);
      // What a hub has under a commit never changes.
      if (row.bundled || row.status !== 'ready' || source.kind === 'hub') continue;
      await this.refresh({ kind: source.kind, path: row.directory }, roots, row, (contents) =>
        updateModelContents(db, row.id, contents),
      );
    }
  }

  private async refresh(
    location: ModelLocation,
    roots: string[],
    row: ModelRow | null,
    write: (contents: Awaited<ReturnType<typeof readModelContents>>) => Promise<void>,
  ): Promise<void> {
    try {
      const files = await listModelFiles(location, roots);
      if (row?.stamp === stampOf(files)) return;
      await write(await readModelContents(location, files));
    } catch (error) {
      this.options.log.warn({ err: error, directory: location.path }, 'model is not usable');
    }
  }
}
