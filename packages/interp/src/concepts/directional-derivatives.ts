import { type LanguageModel, padTexts } from '@featurescope/lm';
import { rowNorm, specialTokenIds } from '../activations/excluded-rows.ts';
import { type Pooling, pooledPositions } from './pooled-activations.ts';

/** Step over the mean norm of the positions that are moved: large enough that float32 logits resolve the difference, small enough
 *  that the quotient is a slope. */
export const derivativeStepShare = 0.02;
const tokensPerForward = 2048;

export interface DerivativeOptions {
  model: LanguageModel;
  /** A hook of the residual stream. */
  hookName: string;
  /** The same positions are moved as are pooled for a CAV. */
  pooling: Pooling;
  outlierNorm: number;
  /** The output is ln Σ p over these, after the last token. */
  targetIds: readonly number[];
  signal?: AbortSignal;
}

export interface TextDerivatives {
  /** ln Σ p(targets) without a step. */
  logProbability: number;
  /** [directions]: nats for a step as long as the mean norm of the moved positions. */
  derivatives: Float64Array;
}

/** Slopes of an output along unit directions added to a text's activations, by central differences: two passes of the rest of the
 *  model a direction, from the hook on, for nothing here differentiates a language model. directions: [nDirections, width]. */
export async function directionalDerivatives(
  options: DerivativeOptions,
  tokenIds: ArrayLike<number>,
  directions: Float32Array,
): Promise<TextDerivatives> {
  const { model, hookName, pooling, outlierNorm, signal } = options;
  const { hooks } = await model.run(padTexts([tokenIds]), { hooks: [hookName], signal });
  const rows = hooks[hookName];
  const seqLen = tokenIds.length;
  const width = rows.length / seqLen;
  const positions = pooledPositions(rows, tokenIds, { pooling, outlierNorm, special: specialTokenIds(model) });
  const norm = positions.reduce((sum, position) => sum + rowNorm(rows, position, width), 0) / positions.length;
  const step = derivativeStepShare * norm;
  const nDirections = directions.length / width;
  const moved = (variant: number) => {
    const sign = variant % 2 === 0 ? 1 : -1;
    const direction = directions.subarray(Math.floor(variant / 2) * width, (Math.floor(variant / 2) + 1) * width);
    const copy = rows.slice();
    for (const position of positions)
      for (let j = 0; j < width; j++) copy[position * width + j] += sign * step * direction[j];
    return copy;
  };
  const outputs: number[] = [];
  const perPass = Math.max(1, Math.floor(tokensPerForward / seqLen));
  for (let start = 0; start < 2 * nDirections; start += perPass) {
    const variants = Array.from({ length: Math.min(perPass, 2 * nDirections - start) }, (_, i) => moved(start + i));
    outputs.push(...(await targetLogProbabilities(options, tokenIds, variants)));
  }
  const [logProbability] = await targetLogProbabilities(options, tokenIds, [rows]);
  const derivatives = Float64Array.from(
    { length: nDirections },
    (_, i) => (outputs[2 * i] - outputs[2 * i + 1]) / (2 * derivativeStepShare),
  );
  return { logProbability, derivatives };
}

/** ln Σ p(targets) after the last token of each variant of the text's activations. */
async function targetLogProbabilities(
  { model, hookName, targetIds, signal }: DerivativeOptions,
  tokenIds: ArrayLike<number>,
  variants: Float32Array[],
): Promise<number[]> {
  const size = variants[0].length;
  const residual = new Float32Array(variants.length * size);
  variants.forEach((variant, i) => {
    residual.set(variant, i * size);
  });
  const batch = padTexts(variants.map(() => tokenIds));
  const { logits } = await model.run(batch, { logits: 'last', from: { hookName, residual }, signal });
  if (logits === undefined) throw new Error('The model gave no logits');
  const vocabSize = logits.length / variants.length;
  return variants.map((_, i) => logShare(logits.subarray(i * vocabSize, (i + 1) * vocabSize), targetIds));
}

/** ln of the softmax mass on some tokens, in float64. */
function logShare(logits: Float32Array, tokenIds: readonly number[]): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const chosen = tokenIds.map((id) => logits[id]);
  const highestChosen = Math.max(...chosen);
  const mass = chosen.reduce((sum, logit) => sum + Math.exp(logit - highestChosen), 0);
  return highestChosen + Math.log(mass) - highest - Math.log(total);
}
