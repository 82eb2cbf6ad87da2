/** pnpm bench [--json] [--peers] [suite …]: measures, prints a table, or one JSON document. --peers: beside Python peers. */
import { initTensor } from '@featurescope/tensor/node';
import { reportOf, tableOf } from './report.ts';
import type { BenchRow } from './rows.ts';
import { demoRun } from './suites/demo-run.ts';
import { featureList } from './suites/feature-list.ts';
import { indexing } from './suites/indexing.ts';
import { languageModel } from './suites/language-model.ts';
import { languageModelPeers } from './suites/language-model-peers.ts';
import { liveClients } from './suites/live-clients.ts';
import { saeBackends } from './suites/sae-backends.ts';
import { saeMemory } from './suites/sae-memory.ts';
import { saePeers } from './suites/sae-peers.ts';
import { saeScale } from './suites/sae-scale.ts';
import { saeSteps } from './suites/sae-steps.ts';
import { wholeRun } from './suites/whole-run.ts';

/** These start the whole product or take minutes: they are measured when they are named. */
const named = [demoRun, liveClients, wholeRun];
const suites = [saeSteps, saeScale, saeMemory, saeBackends, languageModel, indexing, featureList];
const peers = [saePeers, languageModelPeers];
const args = process.argv.slice(2);
const asJson = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const all = [...suites, ...peers, ...named];
const unknown = wanted.filter((name) => !all.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No suite called ${unknown.join(', ')}; there are ${all.map((suite) => suite.name).join(', ')}`);
  process.exit(2);
}

const backend = await initTensor({
  backend: (['native', 'wasm', 'gpu'] as const).find((name) => name === process.env.FEATURESCOPE_TENSOR),
});
const rows: BenchRow[] = [];
const usual = args.includes('--peers') ? peers : suites;
const chosenSuites = wanted.length > 0 ? all.filter(({ name }) => wanted.includes(name)) : usual;
for (const suite of chosenSuites) {
  console.error(`measuring ${suite.name} …`);
  rows.push(...(await suite.run()));
}
const report = reportOf(rows, backend);
console.log(asJson ? JSON.stringify(report, null, 2) : tableOf(report));
