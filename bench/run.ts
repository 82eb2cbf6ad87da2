/** pnpm bench [--json] [suite …]: measures, prints a table, or one JSON document. */
import { initTensor } from '@featurescope/tensor/node';
import { reportOf, tableOf } from './report.ts';
import type { BenchRow } from './rows.ts';
import { featureList } from './suites/feature-list.ts';
import { indexing } from './suites/indexing.ts';
import { languageModel } from './suites/language-model.ts';
import { saeSteps } from './suites/sae-steps.ts';

const suites = [saeSteps, languageModel, indexing, featureList];
const args = process.argv.slice(2);
const asJson = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No suite called ${unknown.join(', ')}; there are ${suites.map((suite) => suite.name).join(', ')}`);
  process.exit(2);
}

const chosen = process.env.FEATURESCOPE_TENSOR;
const backend = await initTensor({ backend: chosen === 'native' || chosen === 'wasm' ? chosen : undefined });
const rows: BenchRow[] = [];
for (const suite of suites) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  console.error(`measuring ${suite.name} …`);
  rows.push(...(await suite.run()));
}
const report = reportOf(rows, backend);
console.log(asJson ? JSON.stringify(report, null, 2) : tableOf(report));
