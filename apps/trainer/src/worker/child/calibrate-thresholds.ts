import { updateRun } from '@featurescope/db';
import type { ActivationStream } from '@featurescope/interp';
import { stepByStep, type ThresholdCalibration, type TrainingConfig } from '@featurescope/sae';
import { tell } from './stage-context.ts';
import type { GroupMember, TrainingGroup } from './training-group.ts';

/** Activations that thresholds are set on: fewer for a run that was trained on fewer, or where they would take more memory than this. */
const maxRows = 100_000;
export const maxCalibrationBytes = 256 * 1024 ** 2;

/** Sets the threshold of trained batchtopk and matryoshka dictionaries so that k latents a token are active on average, on the
 *  activations that follow in the stream after those of training. With preset saelens it stays as training left it. A run that is
 *  interrupted here and resumed reads the same activations again. */
export async function calibrateThresholds(group: TrainingGroup, stream: ActivationStream): Promise<void> {
  const members = group.members.filter(({ trainer }) => trainer !== null && isCalibrated(trainer.config));
  if (members.length === 0) return;
  const rows = await collectRows(group, stream);
  for (const member of members) await group.alone(member, () => calibrate(member, rows));
  group.requireMembers();
}

/** Whether a dictionary has one threshold, and it is not left as training found it. */
export const isCalibrated = ({ architecture, preset }: TrainingConfig) =>
  preset === 'featurescope' && (architecture === 'batchtopk' || architecture === 'matryoshka');

async function collectRows(group: TrainingGroup, stream: ActivationStream): Promise<Float32Array> {
  const { width } = stream;
  const { batchSize, nSteps } = group.members[0].context.run;
  const nRows = Math.max(1, Math.min(maxRows, nSteps * batchSize, Math.floor(maxCalibrationBytes / (4 * width))));
  const rows = new Float32Array(nRows * width);
  for (let filled = 0; filled < rows.length; filled += batchSize * width) {
    const batch = await group.during(stream.nextBatch());
    rows.set(batch.subarray(0, rows.length - filled), filled);
  }
  return rows;
}

async function calibrate({ trainer, context }: GroupMember, rows: Float32Array): Promise<void> {
  if (trainer === null) return;
  const { run, writer, control } = context;
  const calibration = await stepByStep(trainer.calibrateStepwise(rows), () => control.checkpoint());
  tell(context, 'info', wordsOf(calibration));
  await writer.write(async (transaction) => {
    const { resolvedConfig } = await transaction.run.findUniqueOrThrow({
      where: { id: run.id },
      select: { resolvedConfig: true },
    });
    await updateRun(transaction, run.id, {
      resolvedConfig: { ...(resolvedConfig as object), calibration: { ...calibration } },
    });
  });
}

function wordsOf({ nRows, threshold, l0, trainedThreshold, trainedL0 }: ThresholdCalibration): string {
  const short = (value: number) => Number(value.toPrecision(3));
  return `Threshold set to ${short(threshold)} on ${nRows} activations, where it gives an L0 of ${short(l0)}; as training left it, ${short(trainedThreshold)}, it gave ${short(trainedL0)}`;
}
