import { analysisJob } from '@featurescope/contracts';
import { AnalysisLostError, claimAnalysis, type Db, updateAnalysis } from '@featurescope/db';
import type { Log } from '../../log.ts';
import type { Queue } from '../../queue.ts';
import { runAnalysisChild } from './analysis-child.ts';

export interface AnalysisParts {
  db: Db;
  queue: Queue;
  log: Log;
  /** Of the child processes. */
  env: NodeJS.ProcessEnv;
  /** The worker shuts down. */
  stopSignal: AbortSignal;
}

/** Takes analyses from the queue, one at a time. */
export async function consumeAnalyses(parts: AnalysisParts): Promise<void> {
  const options = {
    pollingIntervalSeconds: 2,
    notifyPollingIntervalSeconds: 2,
    heartbeatRefreshSeconds: analysisJob.heartbeatSeconds / 4,
    includeMetadata: true,
  } as const;
  await parts.queue.boss.work(analysisJob.name, options, async ([job]) => {
    const { analysisId } = analysisJob.schema.parse(job.data);
    const isLastAttempt = job.retryCount >= analysisJob.retryLimit;
    await analyse(parts, { analysisId, isLastAttempt, lostSignal: job.signal });
  });
}

export async function stopConsumingAnalyses({ boss }: Queue): Promise<void> {
  await boss.offWork(analysisJob.name, { wait: true });
}

interface Attempt {
  analysisId: string;
  isLastAttempt: boolean;
  lostSignal: AbortSignal;
}

/** One attempt. Safe to repeat: what is done or gone is left alone. Throws what is worth another attempt. */
async function analyse(parts: AnalysisParts, { analysisId, isLastAttempt, lostSignal }: Attempt): Promise<void> {
  const { db, queue, env, stopSignal } = parts;
  const log = parts.log.child({ analysisId });
  const claim = await claimAnalysis(db, analysisId);
  if (claim === null) return;
  const fail = (failure: { code: string; message: string }) =>
    updateAnalysis(db, claim, { status: 'failed', failure, progress: null, finishedAt: new Date() }).catch((error) => {
      if (!(error instanceof AnalysisLostError)) throw error;
    });
  const startedAt = performance.now();
  try {
    const signal = AbortSignal.any([stopSignal, lostSignal]);
    const outcome = await runAnalysisChild(claim, { env, stopSignal: signal });
    log.info(
      { outcome: outcome?.type ?? 'stopped', durationMs: Math.round(performance.now() - startedAt) },
      'analysis',
    );
    if (outcome?.type === 'failed') await fail(outcome.failure);
    // The worker shuts down: another one begins it anew.
    if (outcome === null && !lostSignal.aborted) {
      await updateAnalysis(db, claim, { status: 'queued', progress: null });
      await db.prisma.$transaction((transaction) => queue.enqueueAnalysis(transaction, analysisId));
    }
  } catch (error) {
    if (!isLastAttempt) throw error;
    log.error({ err: error }, 'analysis failed for the last time');
    await fail({
      code: 'worker_error',
      message: 'Its process ended again and again; the log of the worker says why. Ask for it again to try once more.',
    });
  }
}
