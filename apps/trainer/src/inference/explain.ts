import { idSchema } from '@featurescope/contracts';
import { type Db, type LabelRow, replaceLabel } from '@featurescope/db';
import {
  buildScoringPool,
  decodeExamples,
  explainFeature,
  specialTokenIds,
  TokenCatalogue,
} from '@featurescope/interp';
import { type Store, TokenCorpus } from '@featurescope/store';
import { z } from 'zod';
import { AppError } from '../app-error.ts';
import { indexSample } from '../run/index-sample.ts';
import { labelRow } from '../run/label-row.ts';
import { outlierNormOf } from '../run/run-training-config.ts';
import { requireFeature } from './activations.ts';
import type { RunSubject } from './run-subjects.ts';

export const explainBodySchema = z.strictObject({ runId: idSchema, featureIndex: z.number().int().min(0) });

/** Contexts of the scoring pool: fewer than the label job's, because someone waits. */
const nPoolContexts = 80;

/** Explains one feature again and stores the label. */
export async function explainAgain(
  { db, store }: { db: Db; store: Store },
  { run, model, sae, hookName }: RunSubject,
  featureIndex: number,
): Promise<LabelRow> {
  requireFeature(featureIndex, run.nLatents);
  const evidence = await db.prisma.featureEvidence.findUnique({
    where: { runId_index: { runId: run.id, index: featureIndex } },
    select: { examples: true, neighbourIndices: true },
  });
  if (evidence === null || run.nFeatures === 0) {
    throw new AppError('conflict', `The features of run "${run.id}" are not indexed yet. Wait until they are.`);
  }
  const source = TokenCorpus.open(store.corpusDirectory(run.corpusId ?? ''));
  try {
    const pool = await buildScoringPool({
      ...{ model, sae, source, hookName, seed: run.seed },
      contextIndices: indexSample(source),
      outlierNorm: outlierNormOf(run),
      nContexts: nPoolContexts,
    });
    const label = labelRow(
      explainFeature({
        ...{ featureIndex, source, pool, seed: run.seed },
        examples: decodeExamples(evidence.examples),
        neighbours: evidence.neighbourIndices,
        catalogue: new TokenCatalogue(model.tokenizer, specialTokenIds(model)),
      }),
    );
    await replaceLabel(db, run.id, label);
    return label;
  } finally {
    source.dispose();
  }
}
