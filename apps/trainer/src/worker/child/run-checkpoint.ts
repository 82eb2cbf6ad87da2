import { appendEvent, recordCheckpoint, updateRun } from '@featurescope/db';
import type { StreamCounts, StreamCursor } from '@featurescope/interp';
import { decodeTrainerState, encodeTrainerState, type SaeTrainer, type TrainerState } from '@featurescope/sae';
import { CheckpointDirectory } from '@featurescope/store';
import type { AnyStageContext } from './stage-context.ts';

export interface RunCheckpoint {
  state: TrainerState;
  cursor: StreamCursor;
}

/** Where a stream stands, or stood. */
export interface StreamPosition {
  cursor(): object;
  counts(): StreamCounts;
}

/** Saves trainer and stream as of now: what training needs to go on as if it had never stopped. Metrics up to this step are
 *  committed first, because a run that resumes here does not repeat them. */
export async function saveRunCheckpoint(
  context: AnyStageContext,
  trainer: SaeTrainer,
  stream: StreamPosition,
): Promise<void> {
  const { run, store, writer } = context;
  await writer.flush();
  const step = trainer.stepsDone;
  const { rows: _, special, outlierNorm } = stream.counts();
  const checkpoints = new CheckpointDirectory(store.checkpointsDirectory(run.id));
  const { sizeBytes, sha256 } = await checkpoints.save(step, encodeTrainerState(trainer.state()), {
    cursor: stream.cursor(),
  });
  const path = store.relative(checkpoints.fileOf(step));
  const keptSteps = await checkpoints.steps();
  await writer.write(async (transaction) => {
    await recordCheckpoint(transaction, run.id, { step, path, sizeBytes, sha256 }, keptSteps);
    await updateRun(transaction, run.id, { step, excludedRows: { bos: special, outlierNorm } });
    await appendEvent(transaction, { kind: 'run', id: run.id }, { type: 'checkpoint', payload: { step, sizeBytes } });
  });
}

/** The newest checkpoint that is whole; null for a run that has none. */
export async function latestRunCheckpoint({
  run,
  store,
}: Pick<AnyStageContext, 'run' | 'store'>): Promise<RunCheckpoint | null> {
  const latest = await new CheckpointDirectory(store.checkpointsDirectory(run.id)).latest();
  if (latest === null) return null;
  return { state: decodeTrainerState(latest.bytes), cursor: latest.manifest.extra.cursor as StreamCursor };
}
