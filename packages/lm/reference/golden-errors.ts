/** Prints how far every golden model is from the reference, as the table of docs/models.md.
 *  Usage: npx tsx packages/lm/reference/golden-errors.ts */
import { GOLDEN_MODELS, type GoldenModel, loadGoldenModel, relativeError } from '../src/testing/golden-model.ts';

const PROMPT_LENGTH = 5;

const rows = [];
for (const name of GOLDEN_MODELS) {
  const fixture = await loadGoldenModel(name);
  const errors = await forwardErrors(fixture);
  const cached = await generationError(fixture);
  rows.push([`\`${name}\``, fixture.model.config.modelType, ...errors, cached]);
  await fixture.model.dispose();
}
console.log('| fixture | `model_type` | logits | residual streams | other hooks | cached generation |');
console.log('|---|---|---|---|---|---|');
for (const [name, type, ...errors] of rows) {
  console.log(`| ${name} | ${type} | ${errors.map((error) => Number(error).toExponential(1)).join(' | ')} |`);
}

/** Of the logits, of the worst residual stream and of the worst other hook. */
async function forwardErrors({ model, texts, golden }: GoldenModel): Promise<number[]> {
  const hooks = model.hookPoints.map((point) => point.name);
  const result = await model.run(texts, { hooks, logits: 'all' });
  const worst = (names: string[]) =>
    names.reduce((largest, name) => Math.max(largest, relativeError(result.hooks[name], golden[name])), 0);
  const isResidual = (name: string) => name.includes('hook_resid');
  return [
    relativeError(result.logits as Float32Array, golden.logits),
    worst(hooks.filter(isResidual)),
    worst(hooks.filter((name) => !isResidual(name))),
  ];
}

/** The worst of the logits that a greedy continuation with a cache chooses by. */
async function generationError({ model, golden }: GoldenModel): Promise<number> {
  const tokenIds = golden.greedy.slice(0, PROMPT_LENGTH);
  const nTokens = golden.greedy.length - PROMPT_LENGTH;
  const { vocabSize } = model.config;
  let largest = 0;
  let at = 0;
  for await (const { logits } of model.generate({ tokenIds, nTokens, temperature: 0, seed: 0, stopTokenIds: [] })) {
    largest = Math.max(largest, relativeError(logits, golden.greedy_logits.subarray(at, at + vocabSize)));
    at += vocabSize;
  }
  return largest;
}
