import { randomUUID } from 'node:crypto';
import {
  architectureColumns,
  type CreateSyntheticRun,
  type Generator,
  generatorShape,
  generatorWords,
  type Recovery,
  type RunEstimate,
  type RunRecovery,
  type TruthList,
} from '@featurescope/contracts';
import { type Db, insertRun, type NewRun, type RunRow, readRecoveryPoints, readTruths } from '@featurescope/db';
import { AppError } from '../../app-error.ts';
import { type Queue, runQueue } from '../../queue.ts';
import type { InferenceClient } from './inference-client.ts';
import { stepCount } from './run-estimate.ts';
import type { RunService } from './runs.ts';
import { estimateSyntheticRun } from './synthetic-estimate.ts';

const defaultTruths = 128;

export interface SyntheticRunServiceOptions {
  db: Db;
  queue: Queue;
  inference: InferenceClient;
  runs: RunService;
}

/** Runs whose right answer is known. */
export class SyntheticRunService {
  private readonly options: SyntheticRunServiceOptions;

  constructor(options: SyntheticRunServiceOptions) {
    this.options = options;
  }

  /** Inserts the run and its job; returns its id. */
  async create(request: CreateSyntheticRun): Promise<string> {
    const { db, queue } = this.options;
    const run = planned(request);
    await db.prisma.$transaction((transaction) => insertRun(transaction, run, runQueue(queue).enqueue));
    return run.id;
  }

  async estimate(request: CreateSyntheticRun): Promise<RunEstimate> {
    const backend = await this.options.inference.tensorBackend();
    return estimateSyntheticRun(request, backend?.matmulGflops ?? null);
  }

  /** Throws not_found, and unprocessable for a run on a model. */
  async recovery(runId: string): Promise<RunRecovery> {
    const { row, generator } = await this.find(runId);
    const points = await readRecoveryPoints(this.options.db, row.id);
    return { generator, points, summary: row.recovery as Recovery | null };
  }

  async truths(
    runId: string,
    { from = 0, limit = defaultTruths }: { from?: number; limit?: number },
  ): Promise<TruthList> {
    const { row } = await this.find(runId);
    // They are written before the features, and are shown together with them.
    if (row.nFeatures === 0) return { truths: [], total: 0 };
    return readTruths(this.options.db, row.id, { from, limit });
  }

  private async find(runId: string): Promise<{ row: RunRow; generator: Generator }> {
    const row = await this.options.runs.find(runId);
    if (row.source === 'synthetic') return { row, generator: row.synthetic as Generator };
    const message = `The run "${row.name}" reads a language model, whose truth nobody knows. Choose a run on synthetic data.`;
    throw new AppError('unprocessable', message);
  }
}

function planned(request: CreateSyntheticRun): NewRun {
  const { generator, architecture, nLatents, nTokens, batchSize, learningRate, seed } = request;
  return {
    id: randomUUID(),
    name: request.name ?? `Synthetic · ${generatorWords(generator)} · ${nLatents} latents`,
    source: 'synthetic',
    synthetic: generator,
    modelId: null,
    datasetId: null,
    hookName: '',
    origin: 'trained',
    ...{ architecture, nLatents, nTokens, batchSize, learningRate, seed },
    ...architectureColumns(request),
    preset: request.preset,
    contextSize: 0,
    nSteps: stepCount(request),
    resolvedConfig: { dModel: generatorShape(generator).dModel },
    inputHashes: { weightsHash: '', tokenizerHash: '', datasetHash: null },
    demo: false,
  };
}
