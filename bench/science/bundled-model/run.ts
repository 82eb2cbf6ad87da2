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

/** Architectures that are told their L0, and those where the number that leads to it has to be found; of `targetL0` it is the inverse
 *  that L0 falls with, and what they reach lies above it. */
const lines: { architecture: Architecture; field: keyof SparsityFields }[] = [
  { architecture: 'topk', field: 'k' },
  { architecture: 'batchtopk', field: 'k' },
  { architecture: 'matryoshka', field: 'k' },
  { architecture: 'jumprelu', field: 'targetL0' },
  { architecture: 'standard', field: 'l1Coefficient' },
  { architecture: 'gated', field: 'l1Coefficient' },
];

await initTensor();
const kept = new KeptTrials(values.keep);
const model = await MeasuredModel.load();
const cells = new Map<number, Cell[]>(l0s.map((l0) => [l0, []]));

for (const { architecture, field } of lines) {
  const known: CoefficientAndL0[] = [];
  for (const l0 of l0s) {
    const value = field === 'k' ? l0 : await valueForL0({ architecture, field }, l0, known);
    const sparsity: SparsityFields = { [field]: value };
    const setting = `${field} ${Number(value.toPrecision(3))}`;
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

async function valueForL0(
  { architecture, field }: (typeof lines)[number],
  l0: number,
  known: CoefficientAndL0[],
): Promise<number> {
  const fieldValue = (coefficient: number) => (field === 'targetL0' ? 1 / coefficient : coefficient);
  const start = field === 'targetL0' ? 1 / l0 : 1;
  const found = await coefficientForL0(l0, { known, start }, (coefficient) => {
    const value = fieldValue(coefficient);
    return kept.get(`${architecture}, L0 of ${field} ${value}`, async () => {
      const dictionary = trainedDictionary(model, {
        architecture,
        sparsity: { [field]: value },
        seed: COEFFICIENT_SEED,
      });
      const scores = await scoresOf(model, dictionary);
      console.error(`${architecture}, ${field} ${value}: L0 ${scores.l0.toFixed(1)}`);
      return scores.l0;
    });
  });
  return fieldValue(found.coefficient);
}
