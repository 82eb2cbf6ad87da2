import type { RecoveredFeature, RecoveryPoint, TruthRow } from '@featurescope/contracts';
import type { Db, Transaction } from './client.ts';
import type { Prisma, RecoveredFeature as RecoveredFeatureRow } from './generated/client.ts';

/** Writes a point of a run's recovery curves. A step that is written again, as after a resume, replaces the old row. */
export async function upsertRecoveryPoint(
  transaction: Transaction,
  runId: string,
  { step, ...values }: RecoveryPoint,
): Promise<void> {
  await transaction.recoveryPoint.upsert({
    where: { runId_step: { runId, step } },
    create: { runId, step, ...values },
    update: values,
  });
}

/** By ascending step. */
export async function readRecoveryPoints(db: Db, runId: string): Promise<RecoveryPoint[]> {
  const rows = await db.prisma.recoveryPoint.findMany({ where: { runId }, orderBy: { step: 'asc' } });
  return rows.map(({ runId: _, ...point }) => point);
}

/** Rows of one INSERT, which can have 32,767 values. */
const insertedTruths = 1024;

/** Replaces a run's truths. */
export async function storeTruths(transaction: Transaction, runId: string, truths: TruthRow[]): Promise<void> {
  await transaction.truth.deleteMany({ where: { runId } });
  for (let from = 0; from < truths.length; from += insertedTruths) {
    const rows = truths.slice(from, from + insertedTruths);
    await transaction.truth.createMany({ data: rows.map((truth) => ({ runId, ...truth })) });
  }
}

/** Best found first; ties by index. */
export async function readTruths(
  db: Db,
  runId: string,
  { from, limit }: { from: number; limit: number },
): Promise<{ truths: TruthRow[]; total: number }> {
  const [rows, total] = await Promise.all([
    db.prisma.truth.findMany({
      where: { runId },
      orderBy: [{ cosine: 'desc' }, { index: 'asc' }],
      skip: from,
      take: limit,
    }),
    db.prisma.truth.count({ where: { runId } }),
  ]);
  return { truths: rows.map(({ runId: _, ...truth }) => truth), total };
}

/** Writes what features have to do with the truths over what an earlier attempt wrote. */
export async function storeRecoveredFeatures(
  transaction: Transaction,
  runId: string,
  features: ({ index: number } & RecoveredFeature)[],
): Promise<void> {
  await transaction.recoveredFeature.deleteMany({
    where: { runId, index: { in: features.map(({ index }) => index) } },
  });
  await transaction.recoveredFeature.createMany({
    data: features.map(({ index, best, second, matched, precision, recall, classPurity, samples }) => ({
      ...{ runId, index, matched, precision, recall },
      truth: best.index,
      cosine: best.cosine,
      secondTruth: second?.index ?? null,
      secondCosine: second?.cosine ?? null,
      ofClass: classPurity?.class ?? null,
      classPurity: classPurity?.purity ?? null,
      samples: samples satisfies Prisma.InputJsonArray,
    })),
  });
}

/** By index of the feature; those of other runs than synthetic ones are missing. */
export async function readRecoveredFeatures(
  db: Db,
  runId: string,
  indices: number[],
): Promise<Map<number, RecoveredFeature>> {
  const rows = await db.prisma.recoveredFeature.findMany({ where: { runId, index: { in: indices } } });
  return new Map(rows.map((row) => [row.index, toRecoveredFeature(row)]));
}

function toRecoveredFeature(row: RecoveredFeatureRow): RecoveredFeature {
  const { secondTruth, secondCosine, matched, precision, recall, ofClass, classPurity } = row;
  return {
    best: { index: row.truth, cosine: row.cosine },
    second: secondTruth === null || secondCosine === null ? null : { index: secondTruth, cosine: secondCosine },
    ...{ matched, precision, recall },
    classPurity: ofClass === null || classPurity === null ? null : { class: ofClass, purity: classPurity },
    samples: row.samples as RecoveredFeature['samples'],
  };
}
