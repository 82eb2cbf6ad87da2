import type { CreateDecomposition, Decomposition, RunEstimate } from '@featurescope/contracts';
import { type Db, insertRun, listSweepRuns, type NewRun } from '@featurescope/db';
import { AppError } from '../../../app-error.ts';
import { type Queue, runQueue } from '../../../queue.ts';
import { modelConfig } from '../models.ts';
import { contextSizeOf, findHook, type RunService } from '../runs.ts';
import { checkDecomposition } from './check-decomposition.ts';
import { estimateDecomposition, standIn } from './estimate-decomposition.ts';
import { fittedRun } from './fitted-run.ts';

/** Runs that are fitted instead of trained. From then on each is a run like any other. */
export class DecompositionService {
  private readonly options: { db: Db; queue: Queue; runs: RunService };

  constructor(options: { db: Db; queue: Queue; runs: RunService }) {
    this.options = options;
  }

  /** Inserts the run and its job; returns its id. Throws AppError when model, hook, dataset or sizes do not go together. */
  async create(request: CreateDecomposition): Promise<string> {
    const { db, queue } = this.options;
    const run = await this.plan(request);
    await db.prisma.$transaction((transaction) => insertRun(transaction, run, runQueue(queue).enqueue));
    return run.id;
  }

  /** Throws as `create`. */
  async estimate(request: CreateDecomposition): Promise<RunEstimate> {
    const { hook } = await this.subjectOf(request);
    const inputs = await this.options.runs.estimateInputs(standIn(request, hook.width));
    return estimateDecomposition(request, inputs);
  }

  /** What a fitted run was asked for, with its result once there is one. Throws not_found, also for a run of another origin. */
  async get(runId: string): Promise<Decomposition> {
    const { decomposition } = await this.options.runs.find(runId);
    if (decomposition !== null) return decomposition as Decomposition;
    throw new AppError('not_found', `Run ${runId} is not a decomposition: it was trained or imported.`);
  }

  private async plan(request: CreateDecomposition): Promise<NewRun> {
    const subject = await this.subjectOf(request);
    const dataset = await this.options.runs.findReadyDataset(request.datasetId);
    await this.checkSweep(request);
    return fittedRun({ request, dataset, ...subject });
  }

  /** Runs of a sweep stand in one table because they have the same activations. */
  private async checkSweep({ sweepId, modelId, datasetId, hookName }: CreateDecomposition): Promise<void> {
    if (sweepId === undefined) return;
    const refuse = (message: string): never => {
      throw new AppError('unprocessable', message, { field: 'sweepId' });
    };
    const [first] = await listSweepRuns(this.options.db, sweepId);
    if (first === undefined) refuse(`sweepId: there is no sweep ${sweepId}. Leave it out, or name one that is there.`);
    const isSame =
      first.modelId === modelId.toLowerCase() &&
      first.datasetId === datasetId.toLowerCase() &&
      first.hookName === hookName;
    if (!isSame)
      refuse(
        `The sweep is on ${first.hookName} of ${first.model?.name} over ${first.dataset?.name}. Choose the same, or leave sweepId out.`,
      );
  }

  private async subjectOf(request: CreateDecomposition) {
    const model = await this.options.runs.findModel(request.modelId);
    const config = modelConfig(model);
    const hook = findHook(config, request.hookName);
    checkDecomposition(request, hook);
    return { model, hook, contextSize: contextSizeOf(config) };
  }
}
