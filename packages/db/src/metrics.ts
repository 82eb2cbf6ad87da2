import type { MetricPoint } from '@featurescope/contracts';
import type { Transaction } from './client.ts';

/** Writes points of a run's curves. A step that is written again, as after a resume, replaces the old row. */
export async function upsertMetrics(transaction: Transaction, runId: string, points: MetricPoint[]): Promise<void> {
  for (const point of points) {
    const { step, ...values } = point;
    await transaction.metric.upsert({
      where: { runId_step: { runId, step } },
      create: { runId, step, ...values },
      update: values,
    });
  }
}
