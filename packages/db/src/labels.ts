import type { Db, Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';

export interface LabelRow {
  featureIndex: number;
  status: 'scored' | 'failed';
  text: string | null;
  explainer: string;
  /** JSON; null when it failed. */
  predicate: object | null;
  score: number | null;
  scoreLow: number | null;
  scoreHigh: number | null;
  /** Counts; null when it failed. */
  confusion: object | null;
  /** Examples of the explaining and of the scoring side. */
  split: object;
  reason: string | null;
}

/** Writes the explainer's labels over earlier ones and mirrors text and score into the feature list, which sorts and searches
 *  by them. A user's own label is not touched. */
export async function storeLabels(transaction: Transaction, runId: string, labels: LabelRow[]): Promise<void> {
  if (labels.length === 0) return;
  await transaction.label.deleteMany({
    where: { runId, featureIndex: { in: labels.map((label) => label.featureIndex) } },
  });
  await transaction.label.createMany({
    data: labels.map((label) => ({
      ...label,
      runId,
      predicate: label.predicate ?? Prisma.DbNull,
      confusion: label.confusion ?? Prisma.DbNull,
    })),
  });
  await transaction.$executeRaw`
    UPDATE "Feature" AS feature SET "labelText" = label."text", "labelScore" = label."score"
    FROM "Label" AS label
    WHERE feature."runId" = ${runId}::uuid AND label."runId" = feature."runId" AND label."featureIndex" = feature."index"
      AND feature."index" = ANY(${labels.map((label) => label.featureIndex)})`;
}

/** Counts what is labelled, on the run's row; returns it. */
export async function countLabelled(transaction: Transaction, runId: string): Promise<number> {
  const nLabelled = await transaction.label.count({ where: { runId, status: 'scored' } });
  await transaction.run.update({ where: { id: runId }, data: { nLabelled } });
  return nLabelled;
}

/** Replaces one feature's label outside the label job, which holds the same lock while it writes. */
export async function replaceLabel(db: Db, runId: string, label: LabelRow): Promise<void> {
  await db.prisma.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1 FROM "Run" WHERE "id" = ${runId}::uuid FOR UPDATE`;
    await storeLabels(transaction, runId, [label]);
    await countLabelled(transaction, runId);
  });
}
