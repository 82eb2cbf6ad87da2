/** pnpm bench [--json] [suite …]: measures, prints a table, or one JSON document. */
import { initTensor } from '@featurescope/tensor/node';
import { reportOf, tableOf } from './report.ts';
import type { BenchRow } from './rows.ts';
import { demoRun } from './suites/demo-run.ts';
import { featureList } from './suites/feature-list.ts';
import { indexing } from './suites/indexing.ts';
import { languageModel } from './suites/language-model.ts';
import { liveClients } from './suites/live-clients.ts';
import { saeSteps } from './suites/sae-steps.ts';

/** These start the whole product and take minutes: they are measured when they are named. */
const named = [demoRun, liveClients];
const suites = [saeSteps, languageModel, indexing, featureList];
const args = process.argv.slice(2);
const asJson = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => ![...suites, ...named].some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `No suite called ${unknown.join(', ')}; there are ${[...suites, ...named].map((suite) => suite.name).join(', ')}`,
  );
  process.exit(2);
}

const chosen = process.env.FEATURESCOPE_TENSOR;
const backend = await initTensor({ backend: chosen === 'native' || chosen === 'wasm' ? chosen : undefined });
const rows: BenchRow[] = [];
const chosenSuites = wanted.length > 0 ? [...suites, ...named].filter(({ name }) => wanted.includes(name)) : suites;
for (const suite of chosenSuites) {
  console.error(`measuring ${suite.name} …`);
  rows.push(...(await suite.run()));
}
const report = reportOf(rows, backend);
console.log(asJson ? JSON.stringify(report, null, 2) : tableOf(report));
