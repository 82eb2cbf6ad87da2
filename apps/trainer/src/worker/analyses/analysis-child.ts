import { fork } from 'node:child_process';
import path from 'node:path';
import type { AnalysisClaim } from '@featurescope/db';
import type { AnalysisOutcome } from './messages.ts';

const childFile = path.join(import.meta.dirname, 'main.ts');

/** Runs one analysis in a process of its own. Resolves with its outcome, null when it was stopped before it had one; throws when it died.
 *  stopSignal: the worker shuts down or lost the job; an analysis has nothing to save, and is begun anew. */
export function runAnalysisChild(
  { analysisId, fence }: AnalysisClaim,
  { env, stopSignal }: { env: NodeJS.ProcessEnv; stopSignal: AbortSignal },
): Promise<AnalysisOutcome | null> {
  const child = fork(childFile, [analysisId, String(fence)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let outcome: AnalysisOutcome | null = null;
    const stop = () => child.kill('SIGKILL');
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      stopSignal.removeEventListener('abort', stop);
      if (outcome || stopSignal.aborted) resolve(outcome);
      else reject(new Error(`The process of an analysis ended with ${signal ?? `code ${code}`} and no outcome`));
    };
    child.on('message', (message: AnalysisOutcome) => {
      outcome = message;
    });
    child.on('error', reject);
    // The outcome may still be on its way.
    child.on('exit', (code, signal) =>
      child.connected ? child.once('disconnect', () => end(code, signal)) : end(code, signal),
    );
    if (stopSignal.aborted) stop();
    else stopSignal.addEventListener('abort', stop, { once: true });
  });
}
