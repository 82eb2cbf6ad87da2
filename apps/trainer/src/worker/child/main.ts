import { setPriority } from 'node:os';
import { type JobName, jobNames } from '@featurescope/contracts';
import { createDb, readRunForWork } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { openActivationStorage } from '../../activations/activation-storage.ts';
import { parseEnv } from '../../env.ts';
import { createLog } from '../../log.ts';
import type { OutcomeMessage, StageOutcome } from '../stage-outcome.ts';
import { indexStage } from './index-stage.ts';
import { labelStage } from './label-stage.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { RunWriter } from './run-writer.ts';
import type { StageContext } from './stage-context.ts';
import { StageControl } from './stage-control.ts';
import { trainStage } from './train-stage.ts';

/** The process of one job: `main.ts <job> <runId> <fence>`, forked by the worker. */
const stages = { train: trainStage, index: indexStage, label: labelStage } satisfies Record<
  JobName,
  (context: StageContext) => Promise<StageOutcome>
>;

// Interactive requests come first. Set before any library starts its threads, which inherit it.
setPriority(10);
// Ctrl-C reaches the whole process group; it is the worker that says when to stop.
process.on('SIGINT', () => {});
// Without its worker nobody would settle the job.
process.on('disconnect', () => process.exit(1));

const [job, runId, fence] = process.argv.slice(2);
if (!jobNames.includes(job as JobName)) throw new Error(`"${job}" is not a job; the jobs are ${jobNames.join(', ')}`);
const env = parseEnv(process.env);
const log = createLog('train', env.logLevel).child({ job, runId, fence });
const db = createDb(env.databaseUrl, { maxConnections: 3, applicationName: `featurescope-${job}` });
const claim = { runId, fence: Number(fence) };
const control = new StageControl(db, claim);
const writer = new RunWriter(db, claim, control);
process.on('message', () => control.interrupt('stop'));
process.on('SIGTERM', () => control.interrupt('stop'));

const outcome = await runStage();
control.dispose();
await writer.flush().catch(() => {});
await db.close();
const message: OutcomeMessage = { type: 'outcome', outcome };
process.send?.(message, () => process.exit(0));

async function runStage(): Promise<StageOutcome> {
  try {
    await initTensor(env.tensor ? { backend: env.tensor } : {});
    const store = new Store(env.dataDirectory);
    const activations = openActivationStorage(env.activations);
    const run = await readRunForWork(db, runId);
    return await stages[job as JobName]({ db, store, activations, log, claim, run, control, writer });
  } catch (error) {
    const outcome = outcomeOfError(error, control.signal);
    if (outcome.type === 'failed') log.warn({ err: error }, 'the run failed');
    return outcome;
  }
}
