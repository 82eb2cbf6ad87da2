import { setPriority } from 'node:os';
import type { AnalysisKind } from '@featurescope/contracts';
import { AnalysisLostError, createDb, findAnalysis } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { parseEnv } from '../../env.ts';
import { failureOf } from '../child/failures.ts';
import { type AnalysisContext, progressWriter } from './analysis-context.ts';
import { checkHealth } from './check-health.ts';
import { compareDictionaries } from './compare-dictionaries.ts';
import { lookForAbsorption } from './look-for-absorption.ts';
import type { AnalysisOutcome } from './messages.ts';

/** The process of one analysis: `main.ts <analysisId> <fence>`, forked by the worker. */

// Interactive requests come first. Set before any library starts its threads, which inherit it.
setPriority(10);
// Ctrl-C reaches the whole process group; it is the worker that says when to stop.
process.on('SIGINT', () => {});
// Without its worker nobody would hear of the outcome.
process.on('disconnect', () => process.exit(1));

const [analysisId, fence] = process.argv.slice(2);
const claim = { analysisId, fence: Number(fence) };
const env = parseEnv(process.env);
const db = createDb(env.databaseUrl, { maxConnections: 2, applicationName: 'featurescope-analyse' });
const store = new Store(env.dataDirectory);

const handlers: Record<AnalysisKind, (context: AnalysisContext) => Promise<void>> = {
  comparison: compareDictionaries,
  health: checkHealth,
  absorption: lookForAbsorption,
};

const outcome = await work();
await new Promise<void>((resolve) => (process.send ? process.send(outcome, () => resolve()) : resolve()));
await db.close();
process.exit(0);

async function work(): Promise<AnalysisOutcome> {
  try {
    const analysis = await findAnalysis(db, analysisId);
    if (analysis === null) return { type: 'lost' };
    await initTensor(env.tensor ? { backend: env.tensor } : {});
    const report = progressWriter(db, claim);
    await handlers[analysis.kind as AnalysisKind]({ db, store, claim, analysis, report });
    return { type: 'finished' };
  } catch (error) {
    if (error instanceof AnalysisLostError) return { type: 'lost' };
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { type: 'failed', failure: { code: failure.code, message: failure.message } };
  }
}
