import type { AnyRunForWork, RunForWork } from '@featurescope/db';
import type { StepMetrics } from '@featurescope/sae';
import { CurveWriter } from './curve-writer.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { type StreamPosition, saveRunCheckpoint } from './run-checkpoint.ts';
import { unitOf } from './stage-context.ts';
import type { GroupMember, TrainingGroup } from './training-group.ts';

/** Where batches come from. */
export interface TrainingStream extends StreamPosition {
  nextBatch(): Promise<Float32Array>;
}

const checkpointIntervalMs = 20_000;
/** Checkpoints that take long are written less often: at most this share of the time goes into them. */
const checkpointShare = 0.05;

/** Gives every batch to every trainer until the last step, and saves all at once: runs that stand at one checkpoint can be trained
 *  together again. Throws GroupDispersed when nobody is left. */
export async function trainToEnd<Run extends AnyRunForWork = RunForWork>(
  group: TrainingGroup<Run>,
  stream: TrainingStream,
  afterStep: (step: number) => Promise<void> = async () => {},
): Promise<void> {
  const [{ context, trainer }] = group.members;
  const { nSteps } = context.run;
  let step = trainer?.stepsDone ?? 0;
  // Stopped in the evaluation: there is nothing to train, and the last checkpoints are the right ones.
  if (step >= nSteps) return;
  const show = new Map(group.members.map((member) => [member, showSteps(member)]));
  let nextCheckpointAt = performance.now() + checkpointIntervalMs;
  while (step < nSteps) {
    await new Promise(setImmediate);
    const rows = await group.during(stream.nextBatch());
    step++;
    await stepAll(group, {
      rows,
      show: (member, metrics) => show.get(member)?.(metrics),
      position: positionOf(stream),
    });
    await afterStep(step);
    if (performance.now() >= nextCheckpointAt) {
      const startedAt = performance.now();
      await saveAll(group);
      const now = performance.now();
      nextCheckpointAt = now + Math.max(checkpointIntervalMs, (now - startedAt) / checkpointShare);
    }
  }
  await saveAll(group);
}

/** The stream's position as it is now, whatever the stream does next. */
export function positionOf(stream: TrainingStream): StreamPosition {
  const [cursor, counts] = [stream.cursor(), stream.counts()];
  return { cursor: () => cursor, counts: () => counts };
}

interface Step<Run extends AnyRunForWork> {
  rows: Float32Array;
  /** Of the stream once the rows are taken. */
  position: StreamPosition;
  show: (member: GroupMember<Run>, metrics: StepMetrics) => void;
}

/** One step of every trainer. Who cannot make it leaves when the others have: then all stand at the same place again. */
async function stepAll<Run extends AnyRunForWork>(
  group: TrainingGroup<Run>,
  { rows, position, show }: Step<Run>,
): Promise<void> {
  const failed: [GroupMember<Run>, unknown][] = [];
  for (const [i, member] of group.members.entries()) {
    // Arithmetic blocks this thread: input and output come in between.
    if (i > 0) await new Promise(setImmediate);
    try {
      if (member.trainer) show(member, member.trainer.step(rows));
    } catch (error) {
      failed.push([member, error]);
    }
  }
  group.position = position;
  for (const [member, error] of failed) await group.leave(member, error);
  group.requireMembers();
}

async function saveAll<Run extends AnyRunForWork>(group: TrainingGroup<Run>): Promise<void> {
  const { position } = group;
  if (position === null) return;
  for (const member of group.members)
    await group.alone(member, async () => {
      if (member.trainer === null) return;
      await saveRunCheckpoint(member.context, member.trainer, position);
      member.savedStep = member.trainer.stepsDone;
    });
}

function showSteps({ context }: GroupMember<AnyRunForWork>): (metrics: StepMetrics) => void {
  const { nSteps, batchSize } = context.run;
  const subject = { stage: 'train' as const, total: nSteps * batchSize, unit: unitOf(context.run) };
  const progress = new ProgressReporter(context.writer, context.run.id, subject);
  const curves = new CurveWriter(context, { nSteps, batchSize });
  return (metrics) => {
    const tokens = metrics.step * batchSize;
    progress.report(tokens);
    curves.add(metrics, progress.rate(tokens));
  };
}
