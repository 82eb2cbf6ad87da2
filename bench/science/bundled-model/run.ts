/** pnpm bench:science:model [--l0 16,32,64] [--seeds 0,1,2] [--keep file]: every architecture at the same L0 on the bundled model, beside classical baselines, as
 *  markdown. About an hour on two cores; --keep writes each line of the table to a file and takes those that are there from it. */
import { parseArgs } from 'node:util';
import type { Architecture } from '@featurescope/sae';
import { initTensor } from '@featurescope/tensor/node';
import { KeptTrials } from '../kept-trials.ts';
import { baselines } from './baselines.ts';
import { type Cell, measureCell, scoresOf } from './cell.ts';
import { type CoefficientAndL0, coefficientForL0 } from './matched-l0.ts';
import { MeasuredModel } from './measured-model.ts';
import { modelTable } from './table.ts';
import { type SparsityFields, trainedDictionary } from './trained-dictionary.ts';

const { values } = parseArgs({
  options: {
    l0: { type: 'string', default: '16,32,64' },
    seeds: { type: 'string', default: '0,1,2' },
    keep: { type: 'string' },
  },
});
const l0s = values.l0.split(',').map(Number);
const seeds = values.seeds.split(',').map(Number);
/** Coefficients are found on a seed that the table does not show. */
const COEFFICIENT_SEED = 100;

/** Architectures that are told their L0, and those whose coefficient has to be found. */
const bySetting: { architecture: Architecture; settingFor(l0: number): SparsityFields | null }[] = [
  { architecture: 'topk', settingFor: (k) => ({ k }) },
  { architecture: 'batchtopk', settingFor: (k) => ({ k }) },
  { architecture: 'matryoshka', settingFor: (k) => ({ k }) },
  { architecture: 'jumprelu', settingFor: (targetL0) => ({ targetL0 }) },
  { architecture: 'standard', settingFor: () => null },
  { architecture: 'gated', settingFor: () => null },
];

await initTensor();
const kept = new KeptTrials(values.keep);
const model = await MeasuredModel.load();
const cells = new Map<number, Cell[]>(l0s.map((l0) => [l0, []]));

for (const { architecture, settingFor } of bySetting) {
  const known: CoefficientAndL0[] = [];
  for (const l0 of l0s) {
    const sparsity = settingFor(l0) ?? { l1Coefficient: await l1CoefficientFor(architecture, l0, known) };
    const setting = Object.entries(sparsity)
      .map(([field, value]) => `${field} ${Number(value.toPrecision(3))}`)
      .join();
    const cell = await kept.get(`${architecture}, ${setting}, seeds ${seeds.join()}`, () =>
      measureCell(model, { name: architecture, setting, seeds }, (seed) =>
        trainedDictionary(model, { architecture, sparsity, seed }),
      ),
    );
    cells.get(l0)?.push(cell);
  }
}
const atTheirOwn: Cell[] = [];
for (const { name, hasK, fit } of baselines)
  for (const k of hasK ? l0s : [undefined]) {
    const setting = k === undefined ? '' : `k ${k}`;
    const cell = await kept.get(`${name}, ${setting}, seeds ${seeds.join()}`, () =>
      measureCell(model, { name, setting, seeds }, (seed) => fit(model, { k, seed })),
    );
    (k === undefined ? atTheirOwn : cells.get(k))?.push(cell);
  }

for (const [l0, lines] of cells) console.log(modelTable(`L0 ${l0}, seeds ${seeds.join(', ')}`, lines));
console.log(modelTable(`At its own L0, seeds ${seeds.join(', ')}`, atTheirOwn));

function l1CoefficientFor(architecture: Architecture, l0: number, known: CoefficientAndL0[]): Promise<number> {
  const found = coefficientForL0(l0, known, (l1Coefficient) =>
    kept.get(`${architecture}, L0 of l1Coefficient ${l1Coefficient}`, async () => {
      const sparsity = { l1Coefficient };
      const dictionary = trainedDictionary(model, { architecture, sparsity, seed: COEFFICIENT_SEED });
      const scores = await scoresOf(model, dictionary);
      console.error(`${architecture}, l1Coefficient ${l1Coefficient}: L0 ${scores.l0.toFixed(1)}`);
      return scores.l0;
    }),
  );
  return found.then(({ coefficient }) => coefficient);
}
