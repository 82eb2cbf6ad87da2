import type { Transaction } from './client.ts';

export interface CheckpointRow {
  step: number;
  /** Relative to the store. */
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** Records a checkpoint whose files are complete, and forgets those that are no longer kept. */
export async function recordCheckpoint(
  transaction: Transaction,
  runId: string,
  checkpoint: CheckpointRow,
  keptSteps: number[],
): Promise<void> {
  const { step, ...values } = checkpoint;
  await transaction.checkpoint.upsert({
    where: { runId_step: { runId, step } },
    create: { runId, step, ...values },
    update: { ...values, createdAt: new Date() },
  });
  await transaction.checkpoint.deleteMany({ where: { runId, step: { notIn: [step, ...keptSteps] } } });
}
