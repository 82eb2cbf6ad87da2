import type { CreateSteering } from '@featurescope/contracts';
import type { Db } from './client.ts';
import type { SteeringExperiment } from './generated/client.ts';

export type SteeringRow = SteeringExperiment;

export async function insertSteering(db: Db, id: string, request: CreateSteering): Promise<void> {
  await db.prisma.steeringExperiment.create({
    data: { id, runId: request.runId, name: request.name ?? null, request: { ...request }, status: 'running' },
  });
}

export async function findSteering(db: Db, id: string): Promise<SteeringRow | null> {
  return db.prisma.steeringExperiment.findUnique({ where: { id } });
}

/** For an experiment that inference refused before it began. */
export async function deleteSteering(db: Db, id: string): Promise<void> {
  await db.prisma.$transaction([
    db.prisma.event.deleteMany({ where: { subjectId: id } }),
    db.prisma.steeringExperiment.deleteMany({ where: { id } }),
  ]);
}

/** Newest first. */
export async function listSteering(db: Db, limit: number) {
  return db.prisma.steeringExperiment.findMany({
    select: { id: true, runId: true, name: true, request: true, status: true, createdAt: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit,
  });
}
