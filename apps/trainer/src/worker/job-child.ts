import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { JobName } from '@featurescope/contracts';
import type { Claim } from '@featurescope/db';
import type { OutcomeMessage, StageOutcome, StopMessage } from './stage-outcome.ts';

const childFile = path.join(import.meta.dirname, 'child', 'main.ts');
/** How long a child may take to write its checkpoint when it is asked to stop. */
const stopGraceMs = 3_000;

/** The child process died without an outcome: killed, out of memory, or a fault in native code. */
export class ChildDiedError extends Error {
  override name = 'ChildDiedError';
}

export interface JobChildOptions {
  job: JobName;
  claim: Claim;
  /** Runs that are trained in the same process. */
  riders?: Claim[];
  env: NodeJS.ProcessEnv;
  /** The worker shuts down: the child gets 3 s for a checkpoint. */
  stopSignal: AbortSignal;
  /** The queue gave the job away: the child is killed, its writes would be refused anyway. */
  lostSignal: AbortSignal;
  onStart?: (pid: number) => void;
  /** Called for each run as soon as it has an outcome; its process may go on for others. */
  onOutcome?: (claim: Claim, outcome: StageOutcome) => void;
}

/** Runs one job in a process of its own, so that minutes of arithmetic never hold up heartbeats. Resolves, when the process has
 *  ended, with the outcome of the run whose job it is; throws ChildDiedError when there is none. */
export function runJobChild(options: JobChildOptions): Promise<StageOutcome> {
  const { job, claim, riders = [] } = options;
  const claims = [claim, ...riders];
  const child = fork(childFile, [job, ...claims.flatMap(({ runId, fence }) => [runId, String(fence)])], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    env: options.env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  return new Promise((resolve, reject) => {
    let ofJob: StageOutcome | null = null;
    let killTimer: NodeJS.Timeout | undefined;
    const stop = () => {
      sendStop(child);
      killTimer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
    };
    const kill = () => child.kill('SIGKILL');
    const listen = (signal: AbortSignal, listener: () => void) =>
      signal.aborted ? listener() : signal.addEventListener('abort', listener, { once: true });
    child.on('message', ({ runId, outcome }: OutcomeMessage) => {
      if (runId === claim.runId) ofJob = outcome;
      const whose = claims.find((one) => one.runId === runId);
      if (whose) options.onOutcome?.(whose, outcome);
    });
    child.on('error', reject);
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      options.stopSignal.removeEventListener('abort', stop);
      options.lostSignal.removeEventListener('abort', kill);
      if (ofJob) resolve(ofJob);
      else if (options.lostSignal.aborted) resolve({ type: 'fenced' });
      else if (options.stopSignal.aborted) resolve({ type: 'stopped' });
      else reject(new ChildDiedError(`The ${job} process ended with ${signal ?? `code ${code}`} and no outcome`));
    };
    child.on('exit', (code, signal) => {
      clearTimeout(killTimer);
      // Outcomes may still be on their way.
      if (child.connected) child.once('disconnect', () => end(code, signal));
      else end(code, signal);
    });
    listen(options.stopSignal, stop);
    listen(options.lostSignal, kill);
  });
}

function sendStop(child: ChildProcess): void {
  const message: StopMessage = { type: 'stop' };
  if (child.connected) child.send(message, () => {});
}
