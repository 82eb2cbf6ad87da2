/** pnpm bench:science [--set few|fewer|many|orthogonalised|disentangler …] [--seeds 0,1 …] [--recipes word,…] [--keep file]: trains every
 *  architecture on worlds whose features are known, beside SAELens where Python has it, and prints markdown. All of it takes some three hours
 *  on two cores. --recipes trains those whose name holds one of the words. --keep writes each trial to a file and takes those that are
 *  there from it, by the names of world and recipe: begin a new file when a recipe changes. */
import { parseArgs } from 'node:util';
import { SyntheticData } from '@featurescope/sae';
import { initTensor } from '@featurescope/tensor/node';
import { peerRemedy } from '../peers/python-peer.ts';
import { SaelensTraining } from '../peers/saelens-training.ts';
import { type DataSet, fewTruths, manyTruths } from './data-sets.ts';
import { disentanglerTable } from './disentangler.ts';
import { KeptTrials } from './kept-trials.ts';
import { randomScores } from './scores.ts';
import { type Line, linesOf, pairedDifferences, tableOf } from './table.ts';
import { runTrial, type Trial } from './trial.ts';

const sets: Record<string, DataSet[]> = {
  few: [fewTruths(32)],
  fewer: [fewTruths(16), fewTruths(8)],
  many: [manyTruths('random')],
  orthogonalised: [manyTruths('orthogonalised')],
};

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    seeds: { type: 'string' },
    recipes: { type: 'string' },
    keep: { type: 'string' },
  },
});
const all = [...Object.keys(sets), 'disentangler'];
const names = values.set ?? all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No set called ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}

const kept = new KeptTrials(values.keep);
await initTensor();
const peer = await SaelensTraining.start();
if (peer === null) console.error(peerRemedy);
try {
  for (const set of names.flatMap((name) => sets[name] ?? [])) await measure(set);
  if (names.includes('disentangler')) console.log(disentanglerTable());
} finally {
  peer?.stop();
}

async function measure(set: DataSet): Promise<void> {
  const seeds = values.seeds?.split(',').map(Number) ?? set.seeds;
  const words = values.recipes?.split(',');
  const random = (seed: number) =>
    randomScores(SyntheticData.create(set.spec(seed)), { ...set, nLatents: nLatentsOf(set), k: set.randomK, seed });
  const lines: Line[] = [{ name: `random directions, k ${set.randomK}`, scores: seeds.map(random) }];
  const notes: string[] = [];
  for (const recipe of set.recipes.filter(({ name }) => words?.some((word) => name.includes(word)) ?? true)) {
    const trials: Trial[] = [];
    for (const seed of seeds) {
      const name = `${set.name}: ${recipe.name}, seed ${seed}`;
      const task = { recipe, seed, nTestSamples: set.nTestSamples };
      const make = () => runTrial(SyntheticData.create(set.spec(seed)), task, recipe.hasPeer ? peer : null);
      trials.push(await kept.get(name, make));
      console.error(name);
    }
    lines.push(...linesOf(recipe.name, trials, `SAELens ${peer?.versions.saelens}`));
    const paired = pairedDifferences(trials);
    if (paired)
      notes.push(
        `${recipe.name} − SAELens, pair by pair: MCC ${signed(paired.mcc)}, F1 ${signed(paired.f1)}; ${paired.time.toFixed(2)} × its time`,
      );
  }
  console.log(tableOf(`${set.name}, seeds ${seeds.join(', ')}`, lines));
  for (const note of notes) console.log(`- ${note}`);
}

function nLatentsOf({ recipes }: DataSet): number {
  return recipes[0].config.nLatents;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
