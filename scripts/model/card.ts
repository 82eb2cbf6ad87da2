/** Writes training.json, loss-curve.svg and the model card from what training and evaluation left behind.
 *  Usage: tsx scripts/model/card.ts [--run-directory D] */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lossCurveSvg } from './card/loss-curve-svg.ts';
import { type CardFacts, modelCard } from './card/model-card.ts';
import { corpusCache } from './corpus/fetch-package.ts';
import { modelDirectory } from './model-directory.ts';
import { loadCheckpoint } from './training/checkpoint.ts';
import { trainingRecipe } from './training/recipe.ts';
import { defaultRunDirectory } from './training/run-directory.ts';
import { parameterCount, tinyShape } from './transformer/shape.ts';

const { values: options } = parseArgs({
  options: { 'run-directory': { type: 'string', default: defaultRunDirectory } },
});
const state = loadCheckpoint(options['run-directory']);
if (!state) throw new Error(`No checkpoint in ${options['run-directory']}`);
copyFileSync(join(corpusCache, 'manifest.json'), join(modelDirectory, 'corpus-manifest.json'));

const lastPoints = state.history.slice(-5);
const training = {
  seed: trainingRecipe.seed,
  steps: state.step,
  tokens: state.tokens,
  epochTokens: statSync(join(corpusCache, 'train.u16')).size / 2,
  hours: state.seconds / 3600,
  peakLearningRate: trainingRecipe.peakLearningRate,
  muonFactor: trainingRecipe.muonFactor,
  decayFromTokens: firstDecayed(),
  batchTokens: trainingRecipe.batchWindows * tinyShape.contextLength,
  finalLoss: lastPoints.reduce((sum, point) => sum + point.loss, 0) / lastPoints.length,
  nParameters: parameterCount(tinyShape),
};
const versions = { node: process.versions.node, tfjsNode: '4.22.0', tensorflow: '2.21.0' };
write(
  'training.json',
  `${JSON.stringify({ ...training, shape: tinyShape, versions, lossCurve: state.history }, null, 1)}\n`,
);
write('loss-curve.svg', lossCurveSvg(state.history));
const read = <T>(name: string) => JSON.parse(readFileSync(join(modelDirectory, name), 'utf8')) as T;
const card = modelCard({
  training,
  evaluation: read<CardFacts['evaluation']>('evaluation.json'),
  kneserNey: read<CardFacts['kneserNey']>('kneser-ney.json'),
  manifest: read<CardFacts['manifest']>('corpus-manifest.json'),
});
write('README.md', card);

/** Tokens at the last point of the history with the peak rate. */
function firstDecayed(): number {
  return state!.history.findLast((point) => point.learningRate >= trainingRecipe.peakLearningRate)?.tokens ?? 0;
}

function write(name: string, text: string): void {
  writeFileSync(join(modelDirectory, name), text);
}
