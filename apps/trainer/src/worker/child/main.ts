import { setPriority } from 'node:os';
import { type JobName, jobNames } from '@featurescope/contracts';
import {
  type AnyRunForWork,
  type Claim,
  createDb,
  isSyntheticRun,
  type RunForWork,
  readAnyRunForWork,
  readDesiredState,
  type SyntheticRunForWork,
} from '@featurescope/db';
import { Store } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { openActivationStorage } from '../../activations/activation-storage.ts';
import { parseEnv } from '../../env.ts';
import { createLog } from '../../log.ts';
import type { OutcomeMessage, StageOutcome } from '../stage-outcome.ts';
import { fitStage } from './fit-stage.ts';
import { indexStage } from './index-stage.ts';
import { labelStage } from './label-stage.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { RunWriter } from './run-writer.ts';
import type { AnyStageContext, StageContext } from './stage-context.ts';
import { StageControl } from './stage-control.ts';
import { indexSyntheticStage } from './synthetic/index-synthetic.ts';
import { trainSyntheticStage } from './synthetic/train-synthetic.ts';
import { trainStage } from './train-stage.ts';

/** The process of one job: `main.ts <job> <runId> <fence>`, forked by the worker. Training takes several runs, each with its
 *  fence: `main.ts train <runId> <fence> <runId> <fence>`. */

// Interactive requests come first. Set before any library starts its threads, which inherit it.
setPriority(10);
// Ctrl-C reaches the whole process group; it is the worker that says when to stop.
process.on('SIGINT', () => {});
// Without its worker nobody would settle the job.
process.on('disconnect', () => process.exit(1));

const [job, ...pairs] = process.argv.slice(2);
if (!jobNames.includes(job as JobName)) throw new Error(`"${job}" is not a job; the jobs are ${jobNames.join(', ')}`);
const env = parseEnv(process.env);
const claims = claimsOf(pairs);
const log = createLog('train', env.logLevel).child({ job });
const maxConnections = Math.min(10, 2 + claims.length);
const db = createDb(env.databaseUrl, { maxConnections, applicationName: `featurescope-${job}` });
const store = new Store(env.dataDirectory);
const activations = openActivationStorage(env.activations);
const controls = claims.map((claim) => new StageControl(db, claim));
const stop = () => {
  for (const control of controls) control.interrupt('stop');
};
process.on('message', stop);
process.on('SIGTERM', stop);

await initTensor(env.tensor ? { backend: env.tensor } : {});
const contexts = await readContexts();
const ofModels = contexts.filter((context): context is StageContext<RunForWork> => !isSyntheticRun(context.run));
const synthetic = contexts.filter((context): context is StageContext<SyntheticRunForWork> =>
  isSyntheticRun(context.run),
);
// A fitted run comes alone.
if (job === 'train' && ofModels[0]?.run.origin === 'fitted') await runStage(ofModels[0], fitStage);
else if (job === 'train') {
  if (ofModels.length > 0) await trainStage(ofModels, report);
  if (synthetic.length > 0) await trainSyntheticStage(synthetic, report);
} else {
  for (const context of ofModels) await runStage(context, job === 'index' ? indexStage : labelStage);
  for (const context of synthetic) await runStage(context, indexSyntheticStage);
}
await db.close();
process.exit(0);

async function runStage<Run extends AnyRunForWork>(
  context: StageContext<Run>,
  stage: (context: StageContext<Run>) => Promise<StageOutcome>,
): Promise<void> {
  const outcome = await stage(context).catch((error) => outcomeOfError(error, context.control.signal));
  await report(context, outcome);
}

/** Reads the runs. One that is gone leaves at once. */
async function readContexts(): Promise<AnyStageContext[]> {
  const contexts = claims.map(async (claim, i): Promise<AnyStageContext | null> => {
    const control = controls[i];
    const writer = new RunWriter(db, claim, control);
    const run = await readAnyRunForWork(db, claim.runId).catch(async (error) => {
      if ((await readDesiredState(db, claim)) !== 'fenced') throw error;
      await send(claim.runId, { type: 'fenced' });
      return null;
    });
    return run && { db, store, activations, log: log.child({ ...claim }), claim, run, control, writer };
  });
  return (await Promise.all(contexts)).filter((context) => context !== null);
}

/** Tells the worker how a run left its job, after everything that is to be written for it. */
async function report({ run, control, writer, log }: AnyStageContext, outcome: StageOutcome): Promise<void> {
  control.dispose();
  await writer.flush().catch(() => {});
  if (outcome.type === 'failed') log.warn({ failure: outcome.failure }, 'the run failed');
  await send(run.id, outcome);
}

async function send(runId: string, outcome: StageOutcome): Promise<void> {
  const message: OutcomeMessage = { type: 'outcome', runId, outcome };
  await new Promise<void>((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}

function claimsOf(pairs: string[]): Claim[] {
  return Array.from({ length: pairs.length / 2 }, (_, i) => ({ runId: pairs[2 * i], fence: Number(pairs[2 * i + 1]) }));
}
