import { appendEvent, updateRun, upsertMetrics } from '@featurescope/db';
import type { ActivationStream } from '@featurescope/interp';
import type { SaeTrainer, StepMetrics } from '@featurescope/sae';
import { ProgressReporter } from './progress-reporter.ts';
import { saveRunCheckpoint } from './run-checkpoint.ts';
import type { StageContext } from './stage-context.ts';
import { StageInterrupted } from './stage-control.ts';

/** Points of a run's curves. */
const nMetricPoints = 400;
const checkpointIntervalMs = 20_000;
/** A checkpoint that takes long is written less often: at most this share of the time goes into them. */
const checkpointShare = 0.05;

/** Steps until the run's last one. Interrupted by the user or the worker, it saves a checkpoint and throws the interruption. */
export async function trainToEnd(context: StageContext, trainer: SaeTrainer, stream: ActivationStream): Promise<void> {
  const { run, control } = context;
  const { batchSize, nSteps } = trainer.config;
  // Stopped in its evaluation: there is nothing to train, and the last checkpoint is the right one.
  if (trainer.stepsDone >= nSteps) return;
  const subject = { stage: 'train' as const, total: nSteps * batchSize, unit: 'tokens' };
  const progress = new ProgressReporter(context.writer, run.id, subject);
  const curves = new CurveWriter(context, trainer.config);
  let nextCheckpointAt = performance.now() + checkpointIntervalMs;
  try {
    while (trainer.stepsDone < nSteps) {
      await control.checkpoint();
      const rows = await stream.nextBatch();
      const metrics = trainer.step(rows);
      progress.report(metrics.step * batchSize);
      curves.add(metrics, progress.rate(metrics.step * batchSize));
      if (performance.now() >= nextCheckpointAt) {
        const startedAt = performance.now();
        await saveRunCheckpoint(context, trainer, stream);
        const now = performance.now();
        nextCheckpointAt = now + Math.max(checkpointIntervalMs, (now - startedAt) / checkpointShare);
      }
    }
  } catch (error) {
    const reason = control.signal.reason;
    if (reason instanceof StageInterrupted && reason.reason !== 'fenced')
      await saveRunCheckpoint(context, trainer, stream);
    throw error;
  }
  await saveRunCheckpoint(context, trainer, stream);
}

/** Writes points of the curves, evenly over the run, and the first and the last step. */
class CurveWriter {
  private readonly interval: number;
  private readonly config: { nSteps: number; batchSize: number };
  private readonly context: StageContext;

  constructor(context: StageContext, config: { nSteps: number; batchSize: number }) {
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
