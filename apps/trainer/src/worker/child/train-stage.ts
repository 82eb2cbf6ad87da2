import { updateRun } from '@featurescope/db';
import type { ActivationStream, StreamCursor } from '@featurescope/interp';
import type { LanguageModel } from '@featurescope/lm';
import { SaeTrainer, SparseAutoencoder } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import { writeRunDictionary } from '../../run/run-dictionary.ts';
import { runTrainingConfig } from '../../run/run-training-config.ts';
import { requireSameModel } from '../../run/same-model.ts';
import type { StageOutcome } from '../stage-outcome.ts';
import { evaluateRun } from './evaluate-run.ts';
import { failureOf } from './failures.ts';
import { LazyModel } from './lazy-model.ts';
import { openActivations, type StreamModel } from './open-activations.ts';
import { prepareCorpus, useCorpus } from './prepare-corpus.ts';
import { latestRunCheckpoint } from './run-checkpoint.ts';
import { enterStage, type StageContext, tell } from './stage-context.ts';
import { GroupDispersed, type GroupMember, TrainingGroup } from './training-group.ts';
import { positionOf, trainToEnd } from './training-loop.ts';

/** Rows on which the input scale and the centre are measured. */
const nFirstRows = 16_384;

type Report = (context: StageContext, outcome: StageOutcome) => Promise<void>;

/** The job `train` of one run, or of several of a sweep: tokenises the dataset, trains the dictionaries from their last checkpoint on
 *  one pass over the model, evaluates and stores each. Every run is reported once. */
export async function trainStage(contexts: StageContext[], report: Report): Promise<void> {
  const group = new TrainingGroup(contexts, report);
  try {
    await trainGroup(group);
  } catch (error) {
    if (error instanceof GroupDispersed) return;
    // Of the model or the text, which all have in common.
    if (failureOf(error) === null) throw error;
    for (const member of group.members) await group.leave(member, error);
  }
}

async function trainGroup(group: TrainingGroup): Promise<void> {
  group.requireMembers();
  const corpus = await openCorpus(group);
  // The same for all runs of a sweep.
  const { run } = group.members[0].context;
  const model = new LazyModel(run.model.directory, run.hookName);
  const counted = countPasses(model);
  const cursor = await restoreTrainers(group);
  const stream = await group.during(openActivations(group.readers(), { model: counted, corpus, cursor }));
  await startTrainers(group, stream);
  await trainToEnd(group, stream);
  tellPasses(group, counted.passes());
  const outlierNorm = stream.cursor().outlierNorm ?? Number.POSITIVE_INFINITY;
  const parts = { model: await group.during(model.load()), corpus, outlierNorm };
  for (const member of group.members) {
    await group.alone(member, () => finish(member, parts));
    if (group.has(member)) await group.release(member, { type: 'finished', changes: {} });
  }
  await model.dispose();
  corpus.dispose();
}

/** Where all activations were stored, there were none. */
function tellPasses(group: TrainingGroup, nPasses: number): void {
  if (nPasses === 0) return;
  const nMembers = group.members.length;
  const shared = nMembers > 1 ? `, made once for ${nMembers} dictionaries` : '';
  for (const { context } of group.members)
    tell(context, 'info', `The activations took ${nPasses} forward passes of the model${shared}`);
}

/** The first of the group makes the corpus where there is none; should it leave meanwhile, the next one does. */
async function openCorpus(group: TrainingGroup): Promise<TokenCorpus> {
  for (const member of group.members) await group.alone(member, async () => requireSameModel(member.context.run));
  let corpus: TokenCorpus | null = null;
  for (const member of group.members)
    if (corpus === null) corpus = await group.alone(member, () => prepareCorpus(member.context));
    else await group.alone(member, useCorpus.bind(null, member.context, corpus));
  if (corpus === null) throw new GroupDispersed();
  return corpus;
}

/** Reads the checkpoints and returns where the stream goes on. Who stands elsewhere than the first leaves. */
async function restoreTrainers(group: TrainingGroup): Promise<StreamCursor | undefined> {
  let place: string | null = null;
  let cursor: StreamCursor | undefined;
  for (const member of group.members) {
    const checkpoint = await group.alone(member, () => latestRunCheckpoint(member.context));
    if (!group.has(member)) continue;
    if (place === null) {
      cursor = checkpoint?.cursor;
      place = JSON.stringify(cursor ?? null);
    } else if (JSON.stringify(checkpoint?.cursor ?? null) !== place) {
      await group.release(member, { type: 'separated' });
      continue;
    }
    if (checkpoint === null) continue;
    member.trainer = SaeTrainer.restore(checkpoint.state);
    member.savedStep = checkpoint.state.step;
  }
  return cursor;
}

async function startTrainers(group: TrainingGroup, stream: ActivationStream): Promise<void> {
  const nOthers = group.members.length - 1;
  for (const member of group.members) await group.alone(member, () => enterTraining(member, nOthers));
  const isNew = group.members.some(({ trainer }) => trainer === null);
  const firstRows = isNew ? await group.during(stream.peek(nFirstRows)) : new Float32Array(0);
  for (const member of group.members)
    await group.alone(member, async () => startTrainer(member, { stream, firstRows }));
  group.requireMembers();
  group.position = positionOf(stream);
}

async function enterTraining({ context, savedStep }: GroupMember, nOthers: number): Promise<void> {
  const { nSteps, batchSize } = context.run;
  const progress = await enterStage(context, { stage: 'train', total: nSteps * batchSize, unit: 'tokens' });
  progress.report((savedStep ?? 0) * batchSize);
  if (savedStep !== null) tell(context, 'info', `Resumed from the checkpoint at step ${savedStep}`);
  if (nOthers > 0)
    tell(context, 'info', `Trained on one pass over the model together with ${nOthers} more of its sweep`);
}

function startTrainer(
  member: GroupMember,
  { stream, firstRows }: { stream: ActivationStream; firstRows: Float32Array },
): void {
  const { run, writer } = member.context;
  member.trainer ??= SaeTrainer.create(runTrainingConfig(run, stream.width), firstRows);
  const { config } = member.trainer;
  const { outlierNorm } = stream.cursor();
  writer.enqueue((transaction) =>
    updateRun(transaction, run.id, { resolvedConfig: { ...config, outlierNorm, contextSize: run.contextSize } }),
  );
}

interface Finish {
  model: LanguageModel;
  corpus: TokenCorpus;
  outlierNorm: number;
}

/** Stores the dictionary and measures it. The trainer's memory is free by then. */
async function finish(member: GroupMember, { model, corpus, outlierNorm }: Finish): Promise<void> {
  const { trainer, context } = member;
  if (trainer === null) throw new Error('The run was not trained');
  const config = trainer.inferenceConfig();
  const weights = trainer.weights();
  trainer.dispose();
  member.trainer = null;
  await writeRunDictionary(context.store, context.run, { config, weights });
  const sae = new SparseAutoencoder(config, weights);
  try {
    await evaluateRun(context, { model, corpus, sae, outlierNorm });
  } finally {
    sae.dispose();
  }
}

/** The model, counting the forward passes that are made for the activations. */
function countPasses(model: LazyModel): { load: () => Promise<StreamModel>; passes: () => number } {
  let passes = 0;
  const load = async (): Promise<StreamModel> => {
    const loaded = await model.load();
    const run: LanguageModel['run'] = (...inputs) => {
      passes++;
      return loaded.run(...inputs);
    };
    return { config: loaded.config, run };
  };
  return { load, passes: () => passes };
}
