import { updateRun } from '@featurescope/db';
import type { ActivationStream } from '@featurescope/interp';
import { SaeTrainer, SparseAutoencoder } from '@featurescope/sae';
import { writeRunDictionary } from '../../run/run-dictionary.ts';
import { runTrainingConfig } from '../../run/run-training-config.ts';
import { requireSameModel } from '../../run/same-model.ts';
import type { StageOutcome } from '../stage-outcome.ts';
import { evaluateRun } from './evaluate-run.ts';
import { LazyModel } from './lazy-model.ts';
import { openActivations } from './open-activations.ts';
import { prepareCorpus } from './prepare-corpus.ts';
import { latestRunCheckpoint, type RunCheckpoint } from './run-checkpoint.ts';
import { enterStage, type StageContext, tell } from './stage-context.ts';
import { StageInterrupted } from './stage-control.ts';
import { trainToEnd } from './training-loop.ts';

/** Rows on which the input scale and the centre are measured. */
const nFirstRows = 16_384;

/** The job `train`: tokenises the dataset, trains the dictionary from its last checkpoint, evaluates and stores it. */
export async function trainStage(context: StageContext): Promise<StageOutcome> {
  const { run, control } = context;
  requireSameModel(run);
  const corpus = await prepareCorpus(context);
  const model = new LazyModel(run.model.directory);
  control.signal.throwIfAborted();
  const checkpoint = await latestRunCheckpoint(context);
  const stream = await openActivations(context, { model, corpus, checkpoint });
  const { trainer, outlierNorm } = await train(context, { stream, checkpoint });
  const config = trainer.config;
  const weights = trainer.weights();
  trainer.dispose();
  await writeRunDictionary(context.store, run, { config, weights });
  const sae = new SparseAutoencoder(config, weights);
  await evaluateRun(context, { model: await model.load(), corpus, sae, outlierNorm });
  sae.dispose();
  await model.dispose();
  corpus.dispose();
  return { type: 'finished', changes: {} };
}

async function train(
  context: StageContext,
  { stream, checkpoint }: { stream: ActivationStream; checkpoint: RunCheckpoint | null },
): Promise<{ trainer: SaeTrainer; outlierNorm: number }> {
  const { run, writer, store } = context;
  const total = run.nSteps * run.batchSize;
  const progress = await enterStage(context, { stage: 'train', total, unit: 'tokens' });
  progress.report((checkpoint?.state.step ?? 0) * run.batchSize);
  if (checkpoint) tell(context, 'info', `Resumed from the checkpoint at step ${checkpoint.state.step}`);
  const trainer = checkpoint
    ? SaeTrainer.restore(checkpoint.state)
    : SaeTrainer.create(runTrainingConfig(run, stream.width), await stream.peek(nFirstRows));
  const { outlierNorm } = stream.cursor();
  writer.enqueue((transaction) =>
    updateRun(transaction, run.id, {
      resolvedConfig: { ...trainer.config, outlierNorm, contextSize: run.contextSize },
    }),
  );
  try {
    await trainToEnd(context, trainer, stream);
  } catch (error) {
    const reason = context.control.signal.reason;
    // What a cancelled run has learnt stays downloadable.
    if (reason instanceof StageInterrupted && reason.reason === 'cancel' && trainer.stepsDone > 0)
      await writeRunDictionary(store, run, { config: trainer.config, weights: trainer.weights() });
    throw error;
  }
  return { trainer, outlierNorm: outlierNorm ?? Number.POSITIVE_INFINITY };
}
