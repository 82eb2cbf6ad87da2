import { createFeatureCheckSchema, idSchema } from '@featurescope/contracts';
import { type CheckClaim, claimCausalCheck, type Db, findCausalCheck, finishCausalCheck } from '@featurescope/db';
import { type Store, TokenCorpus } from '@featurescope/store';
import { z } from 'zod';
import { AppError, notFound } from '../app-error.ts';
import { CheckProgress } from '../causal/check-progress.ts';
import { runFeatureCheck } from '../causal/feature-check.ts';
import { outlierNormOf } from '../run/run-training-config.ts';
import { requireFeature } from './activations.ts';
import type { RunSubject } from './run-subjects.ts';

export const featureCheckBodySchema = z.strictObject({ checkId: idSchema });

export interface TakenCheck {
  claim: CheckClaim;
  runId: string;
  featureIndex: number;
  request: z.infer<typeof createFeatureCheckSchema>;
}

/** Takes a check on. Throws AppError not_found, or conflict for one that has ended. */
export async function takeFeatureCheck(db: Db, checkId: string): Promise<TakenCheck> {
  const row = await findCausalCheck(db, checkId);
  if (row === null || row.featureIndex === null) throw notFound('causal check', checkId);
  const claim = await claimCausalCheck(db, checkId);
  if (claim === null) throw new AppError('conflict', `Causal check "${checkId}" has ended. Run another.`);
  const { runId, featureIndex } = row;
  return { claim, runId, featureIndex, request: createFeatureCheckSchema.parse(row.request) };
}

/** Does a check and stores what it found. Throws CheckEndedError when it was cancelled or deleted meanwhile. */
export async function doFeatureCheck(
  { db, store, stopping }: { db: Db; store: Store; stopping: AbortSignal },
  { run, model, sae, hookName }: RunSubject,
  { claim, featureIndex, request }: TakenCheck,
): Promise<void> {
  requireFeature(featureIndex, run.nLatents);
  const progress = new CheckProgress(db, claim);
  const signal = AbortSignal.any([stopping, progress.signal]);
  const corpus = TokenCorpus.open(store.corpusDirectory(run.corpusId ?? ''));
  try {
    const subject = { model, sae, hookName, signal, source: corpus, outlierNorm: outlierNormOf(run) };
    const found = await runFeatureCheck({
      ...{ db, run, subject, corpus, featureIndex, request },
      onProgress: (done, total) => progress.report(done, total),
    });
    await finishCausalCheck(db, claim, found);
  } finally {
    corpus.dispose();
  }
}
