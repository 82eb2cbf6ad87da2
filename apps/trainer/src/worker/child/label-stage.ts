import { countLabelled, type LabelRow, readUnlabelled, storeLabels } from '@featurescope/db';
import {
  buildScoringPool,
  decodeExamples,
  type ExplainOptions,
  explainFeature,
  specialTokenIds,
  TokenCatalogue,
} from '@featurescope/interp';
import { loadModel } from '@featurescope/lm';
import { TokenCorpus } from '@featurescope/store';
import { labelRow } from '../../run/label-row.ts';
import { requireDictionary } from '../../run/run-dictionary.ts';
import { runIndexContexts } from '../../run/run-index-contexts.ts';
import { outlierNormOf } from '../../run/run-training-config.ts';
import { requireSameModel } from '../../run/same-model.ts';
import type { StageOutcome } from '../stage-outcome.ts';
import type { ProgressReporter } from './progress-reporter.ts';
import { enterStage, type StageContext, tell } from './stage-context.ts';

/** Features explained between two writes. */
const batchFeatures = 64;

/** The job `label`: explains and scores every feature that has no label yet. Labels appear as they come. */
export async function labelStage(context: StageContext): Promise<StageOutcome> {
  const { run, store, control } = context;
  requireSameModel(run);
  const progress = await enterStage(context, { stage: 'label', total: run.nFeatures, unit: 'features' });
  const sae = await requireDictionary(store, run.id);
  const source = TokenCorpus.open(store.corpusDirectory(run.corpusId ?? ''));
  const model = await loadModel(run.model.directory, { hooks: [run.hookName] });
  const pool = await buildScoringPool({
    ...{ model, sae, source, seed: run.seed, signal: control.signal },
    hookName: run.hookName,
    contextIndices: runIndexContexts(run, source, sae.config.dModel).contextIndices,
    outlierNorm: outlierNormOf(run),
  });
  const catalogue = new TokenCatalogue(model.tokenizer, specialTokenIds(model));
  const nLabelled = await labelAll(context, { source, pool, catalogue, seed: run.seed }, progress);
  tell(context, 'info', `Labelled ${nLabelled} of ${run.nFeatures} features; the others have too few examples`);
  await model.dispose();
  sae.dispose();
  source.dispose();
  return { type: 'finished', changes: {} };
}

/** Goes through the features in order of index; returns how many of the run's features have a label. */
async function labelAll(
  { run, db, writer, control }: StageContext,
  options: Pick<ExplainOptions, 'source' | 'pool' | 'catalogue' | 'seed'>,
  progress: ProgressReporter,
): Promise<number> {
  let nLabelled = run.nLabelled;
  for (let from = 0; from < run.nFeatures; ) {
    const features = await readUnlabelled(db, run.id, { from, limit: batchFeatures });
    if (features.length === 0) break;
    const labels: LabelRow[] = [];
    for (const { index, examples, neighbourIndices } of features) {
      await control.checkpoint();
      const own = { featureIndex: index, examples: decodeExamples(examples), neighbours: neighbourIndices };
      labels.push(labelRow(explainFeature({ ...options, ...own })));
    }
    await writer.write(async (transaction) => {
      await storeLabels(transaction, run.id, labels);
      nLabelled = await countLabelled(transaction, run.id);
    });
    from = features[features.length - 1].index + 1;
    progress.report(from);
  }
  progress.report(run.nFeatures);
  return nLabelled;
}
