import { fileURLToPath } from 'node:url';
import { type Run, runListSchema, runSchema } from '@featurescope/contracts';
import { startForTest } from '../../scripts/test/product.mjs';
import { type BenchRow, type BenchSuite, row } from '../rows.ts';

const POLL_MS = 1000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first run of a newcomer: `npm start` on an empty data directory, until every feature has its label. The data stay in
 *  FEATURESCOPE_DATA where that is set. */
export const demoRun: BenchSuite = {
  name: 'demo-run',
  async run() {
    const product = await startForTest({
      root,
      env: { ...process.env, FEATURESCOPE_DEMO: '1' },
      timeoutMs: 15 * 60_000,
      onLine: (line) => console.error(`  ${line}`),
    });
    try {
      return rowsOf(await untilEnded(product.url));
    } finally {
      await product.stop();
      if (!process.env.FEATURESCOPE_DATA) product.removeData();
    }
  },
};

async function untilEnded(url: string): Promise<Run> {
  for (;;) {
    const { runs } = runListSchema.parse(await (await fetch(`${url}/api/runs`)).json());
    const demo = runs.find((run) => run.demo);
    if (demo && demo.status !== 'queued' && demo.status !== 'running')
      return runSchema.parse(await (await fetch(`${url}/api/runs/${demo.id}`)).json());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function rowsOf(run: Run): BenchRow[] {
  const { evaluation, finishedAt } = run;
  if (run.status !== 'succeeded' || !evaluation || !finishedAt)
    throw new Error(`The first run ended as ${run.status}: ${run.failure?.message ?? 'no reason given'}`);
  return [
    row('first run, launch to labelled', (Date.parse(finishedAt) - Date.parse(run.createdAt)) / 1000, 's'),
    row('first run, tokens trained on', run.nTokens ?? Number.NaN, 'tokens'),
    row('first run, features with a label', run.nLabelled, `of ${run.nFeatures}`),
    row('first run, held-out FVU', evaluation.fvu, 'share'),
    row('first run, CE recovered against mean ablation', evaluation.ceRecoveredMean ?? Number.NaN, 'share'),
    row('first run, ΔCE', evaluation.deltaCe ?? Number.NaN, 'nats'),
    row('first run, KL(clean ‖ spliced)', evaluation.kl ?? Number.NaN, 'nats'),
    row('first run, dead share', evaluation.deadShare, `over ${evaluation.nTokens} held-out tokens`),
  ];
}
