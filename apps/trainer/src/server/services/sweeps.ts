import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import { type CreateSweep, runsOfSweep, type Sweep, type SweepEstimate } from '@featurescope/contracts';
import { type Db, insertRun, listSweepRuns, type NewRun, readRunCurves } from '@featurescope/db';
import { notFound } from '../../app-error.ts';
import { type Queue, runQueue } from '../../queue.ts';
import type { EstimateInputs } from './run-estimate.ts';
import { toRun } from './run-view.ts';
import type { RunService } from './runs.ts';
import { estimateSweep } from './sweep-estimate.ts';

/** Runs that are launched together over the same activations. From then on each is a run like any other. */
export class SweepService {
  private readonly options: { db: Db; queue: Queue; runs: RunService };

  constructor(options: { db: Db; queue: Queue; runs: RunService }) {
    this.options = options;
  }

  /** All runs with their jobs, or none. */
  async create(request: CreateSweep): Promise<{ id: string; runIds: string[] }> {
    const { db, queue, runs } = this.options;
    const id = randomUUID();
    const planned: NewRun[] = [];
    const now = Date.now();
    // A millisecond apart, to keep their order.
    for (const [i, run] of runsOfSweep(request).entries())
      planned.push({ ...(await runs.plan(run)), sweepId: id, createdAt: new Date(now + i) });
    await db.prisma.$transaction(async (transaction) => {
      for (const run of planned) await insertRun(transaction, run, runQueue(queue).enqueue);
    });
    return { id, runIds: planned.map((run) => run.id) };
  }

  /** Throws not_found, also when all its runs are deleted. */
  async get(id: string): Promise<Sweep> {
    const { db } = this.options;
    const rows = await listSweepRuns(db, id);
    if (rows.length === 0) throw notFound('sweep', id);
    const curves = await readRunCurves(
      db,
      rows.map((row) => row.id),
    );
    return { id: id.toLowerCase(), runs: rows.map((row) => toRun(row, curves.get(row.id))) };
  }

  async estimate(request: CreateSweep): Promise<SweepEstimate> {
    const inputs: EstimateInputs[] = [];
    for (const run of runsOfSweep(request)) inputs.push(await this.options.runs.estimateInputs(run));
    return estimateSweep(inputs, totalmem());
  }
}
