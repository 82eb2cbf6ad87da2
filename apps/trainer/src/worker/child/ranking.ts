import { setPriority } from 'node:os';
import { createRankingSchema } from '@featurescope/contracts';
import {
  type CheckClaim,
  createDb,
  type Db,
  failCausalCheck,
  findCausalCheck,
  finishCausalCheck,
  readRunForWork,
} from '@featurescope/db';
import { loadModel } from '@featurescope/lm';
import { Store, TokenCorpus } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { CheckEndedError, CheckProgress } from '../../causal/check-progress.ts';
import { runFeatureRanking } from '../../causal/feature-ranking.ts';
import { parseEnv } from '../../env.ts';
import { createLog } from '../../log.ts';
import { requireDictionary } from '../../run/run-dictionary.ts';
import { outlierNormOf } from '../../run/run-training-config.ts';
import { requireSameModel } from '../../run/same-model.ts';
import { failureOf } from './failures.ts';

/** The process of one ranking: `ranking.ts <checkId> <fence>`, forked by the worker. */

// Interactive requests come first. Set before any library starts its threads, which inherit it.
setPriority(10);
// Ctrl-C reaches the whole process group; it is the worker that says when to stop.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(1));

const [id, fence] = process.argv.slice(2);
const env = parseEnv(process.env);
const log = createLog('train', env.logLevel).child({ job: 'rank-features', checkId: id });
const db = createDb(env.databaseUrl, { maxConnections: 2, applicationName: 'featurescope-rank-features' });
const claim = { id, fence: Number(fence) };
await initTensor(env.tensor ? { backend: env.tensor } : {});
await rank(db, new Store(env.dataDirectory), claim).catch(async (error) => {
  if (error instanceof CheckEndedError) return;
  const failure = failureOf(error);
  if (failure === null) throw error;
  log.warn({ failure }, 'the ranking failed');
  await failCausalCheck(db, claim, failure);
});
await db.close();
process.exit(0);

async function rank(db: Db, store: Store, claim: CheckClaim): Promise<void> {
  const row = await findCausalCheck(db, claim.id);
  if (row === null) return;
  const run = await readRunForWork(db, row.runId);
  requireSameModel(run);
  const sae = await requireDictionary(store, run.id);
  const model = await loadModel(run.model.directory, { hooks: [run.hookName] });
  const corpus = TokenCorpus.open(store.corpusDirectory(run.corpusId ?? ''));
  const progress = new CheckProgress(db, claim);
  const found = await runFeatureRanking({
    ...{ db, run, corpus, request: createRankingSchema.parse(row.request) },
    subject: {
      ...{ model, sae, source: corpus, outlierNorm: outlierNormOf(run), signal: progress.signal },
      hookName: run.hookName,
    },
    onProgress: (done, total) => progress.report(done, total),
  });
  await finishCausalCheck(db, claim, found);
}
