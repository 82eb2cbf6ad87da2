import { type SyntheticRunForWork, updateRun } from '@featurescope/db';
import { SaeTrainer, type SyntheticData, stepByStep } from '@featurescope/sae';
import { writeRunDictionary } from '../../../run/run-dictionary.ts';
import { openSyntheticData } from '../../../run/run-generator.ts';
import { runTrainingConfig } from '../../../run/run-training-config.ts';
import type { StageOutcome } from '../../stage-outcome.ts';
import { isCalibrated, maxCalibrationBytes } from '../calibrate-thresholds.ts';
import { failureOf } from '../failures.ts';
import type { ProgressReporter } from '../progress-reporter.ts';
import { latestRunCheckpoint } from '../run-checkpoint.ts';
import { enterStage, type StageContext, tell } from '../stage-context.ts';
import { GroupDispersed, type GroupMember, TrainingGroup } from '../training-group.ts';
import { trainToEnd } from '../training-loop.ts';
import { dictionaryOf } from './dictionary-of.ts';
import { evaluateSynthetic } from './evaluate-synthetic.ts';
import { RecoveryProbe } from './recovery-probe.ts';
import { syntheticStream } from './synthetic-stream.ts';

/** Rows on which the input scale and the centre are measured. */
const nFirstRows = 16_384;

type Context = StageContext<SyntheticRunForWork>;
type Member = GroupMember<SyntheticRunForWork>;
type Group = TrainingGroup<SyntheticRunForWork>;

/** The job `train` of runs on synthetic data: makes the samples as training goes, needs neither model nor text, and measures how much of
 *  the truth is found, while it trains and at the end. A batch is a function of its number, so that a checkpoint is all it takes to go on. */
export async function trainSyntheticStage(
  contexts: Context[],
  report: (context: Context, outcome: StageOutcome) => Promise<void>,
): Promise<void> {
  for (const context of contexts) {
    const group: Group = new TrainingGroup([context], report);
    try {
      await train(group, group.members[0]);
    } catch (error) {
      if (error instanceof GroupDispersed) continue;
      if (failureOf(error) === null) throw error;
      for (const member of group.members) await group.leave(member, error);
    }
  }
}

async function train(group: Group, member: Member): Promise<void> {
  const { run } = member.context;
  const data = await group.alone(member, () => prepare(member.context));
  if (data === null) return;
  const firstRows = data.samples('training', 0, Math.min(nFirstRows, data.spec.nSamples ?? nFirstRows)).rows;
  const create = () => SaeTrainer.create(runTrainingConfig(run, data.dModel), firstRows);
  await group.alone(member, () => begin(member, create));
  const probe = new RecoveryProbe(member.context, data);
  const look = async () => {
    if (member.trainer) probe.look(member.trainer);
  };
  const stream = syntheticStream(data, member.trainer?.stepsDone ?? 0, run.batchSize);
  if (member.trainer?.stepsDone === 0) await look();
  await trainToEnd(group, stream, look);
  await group.alone(member, () => finish(member, { data, create }));
  if (group.has(member)) await group.release(member, { type: 'finished', changes: {} });
}

/** Makes the run's world, and shows how far that is where it takes steps. */
async function prepare(context: Context): Promise<SyntheticData> {
  let progress: ProgressReporter | null = null;
  return openSyntheticData(context.run, async ({ done, total }) => {
    progress ??= await enterStage(context, { stage: 'prepare', total, unit: 'steps' });
    progress.report(done);
    await context.control.checkpoint();
  });
}

/** Takes up the newest checkpoint, or begins. */
async function begin(member: Member, create: () => SaeTrainer): Promise<void> {
  const { context } = member;
  const { run, writer } = context;
  const checkpoint = await latestRunCheckpoint(context);
  member.trainer = checkpoint === null ? create() : SaeTrainer.restore(checkpoint.state);
  member.savedStep = checkpoint?.state.step ?? null;
  const total = run.nSteps * run.batchSize;
  const progress = await enterStage(context, { stage: 'train', total, unit: 'samples' });
  progress.report((member.savedStep ?? 0) * run.batchSize);
  if (member.savedStep !== null) tell(context, 'info', `Resumed from the checkpoint at step ${member.savedStep}`);
  const { config } = member.trainer;
  writer.enqueue((transaction) => updateRun(transaction, run.id, { resolvedConfig: { ...config } }));
}

/** Samples, of a stream of their own, that a threshold is set on. */
const nCalibrationSamples = 100_000;

/** Sets the threshold of batchtopk and matryoshka so that k latents are active on average. With preset saelens it stays as training left it. */
async function calibrate(trainer: SaeTrainer, data: SyntheticData, { control }: Context): Promise<void> {
  if (!isCalibrated(trainer.config)) return;
  const nRows = Math.max(1, Math.min(nCalibrationSamples, Math.floor(maxCalibrationBytes / (4 * data.dModel))));
  const { rows } = data.samples('calibration', 0, nRows);
  await stepByStep(trainer.calibrateStepwise(rows), () => control.checkpoint());
}

/** Stores the dictionary and measures it beside those that learnt nothing. */
async function finish(
  member: Member,
  { data, create }: { data: SyntheticData; create: () => SaeTrainer },
): Promise<void> {
  const { trainer, context } = member;
  if (trainer === null) throw new Error('The run was not trained');
  await calibrate(trainer, data, context);
  const trained = dictionaryOf(trainer);
  trainer.dispose();
  member.trainer = null;
  await writeRunDictionary(context.store, context.run, trained);
  const fresh = create();
  await calibrate(fresh, data, context);
  const untrained = dictionaryOf(fresh);
  fresh.dispose();
  await evaluateSynthetic(context, { data, trained, untrained });
}
