import { appendEvent, updateRun, upsertMetrics } from '@featurescope/db';
import type { StepMetrics } from '@featurescope/sae';
import type { AnyStageContext } from './stage-context.ts';

/** Points of a run's curves. */
const nMetricPoints = 400;

/** Writes points of the curves, evenly over the run, and the first and the last step. */
export class CurveWriter {
  private readonly interval: number;
  private readonly config: { nSteps: number; batchSize: number };
  private readonly context: AnyStageContext;

  constructor(context: AnyStageContext, config: { nSteps: number; batchSize: number }) {
    this.context = context;
    this.config = config;
    this.interval = Math.max(1, Math.floor(config.nSteps / nMetricPoints));
  }

  /** tokensPerSecond: of the last seconds, in which chunks of activations are made and then used up. */
  add(metrics: StepMetrics, tokensPerSecond: number | null): void {
    const { nDead: _, ...values } = metrics;
    const { step } = metrics;
    if (step % this.interval !== 0 && step !== 1 && step !== this.config.nSteps) return;
    const point = { ...values, tokens: step * this.config.batchSize, tokensPerSecond };
    const { run, writer } = this.context;
    writer.enqueue(async (transaction) => {
      await upsertMetrics(transaction, run.id, [point]);
      await updateRun(transaction, run.id, { step });
      await appendEvent(transaction, { kind: 'run', id: run.id }, { type: 'metrics', payload: point });
    });
  }
}
