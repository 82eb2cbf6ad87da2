import { InvalidInputError } from './errors.ts';

export interface SamplingOptions {
  /** 0: always the likeliest token, ties to the lower id. */
  temperature: number;
  /** Only the k likeliest tokens. Ties at the edge keep the lower id. */
  topK?: number;
  /** Only the smallest set of likeliest tokens whose probabilities, after temperature and topK, sum to at least topP. */
  topP?: number;
}

/** Throws InvalidInputError naming the option and its value. */
export function checkSampling({ temperature, topK, topP }: SamplingOptions): void {
  if (!Number.isFinite(temperature) || temperature < 0) refuse('temperature', temperature, '0 or a positive number');
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) refuse('topK', topK, 'an integer from 1');
  if (topP !== undefined && !(topP > 0 && topP <= 1)) refuse('topP', topP, 'a number above 0 and at most 1');
}

function refuse(option: string, value: unknown, expected: string): never {
  throw new InvalidInputError(`${option} is ${value}; expected ${expected}`, { option, value });
}

/** Picks the next token. logits: [vocabSize], not mutated. random: uniform in [0, 1), called once unless temperature is 0.
 *  Order: temperature, then topK, then topP on what is left, as in transformers. */
export function sampleToken(logits: Float32Array, options: SamplingOptions, random: () => number): number {
  const best = argmax(logits);
  if (options.temperature === 0) return best;
  const ids = keptTokens(logits, options);
  // float64 and measured from the largest: a very low temperature underflows to zero instead of overflowing.
  const weights = Float64Array.from(ids, (id) => Math.exp((logits[id] - logits[best]) / options.temperature));
  const target = random() * weights.reduce((total, weight) => total + weight, 0);
  let reached = 0;
  for (let i = 0; i < ids.length; i++) {
    reached += weights[i];
    if (target < reached) return ids[i];
  }
  // Rounding can leave the target at the very end of the running sum.
  return best;
}

/** The largest logit's place; ties to the lower. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** ln softmax(logits)[tokenId], summed in float64. */
export function logProbability(logits: Float32Array, tokenId: number): number {
  const largest = logits[argmax(logits)];
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i] - largest);
  return logits[tokenId] - largest - Math.log(total);
}

/** Ids that topK and topP leave, ascending. */
function keptTokens(logits: Float32Array, options: SamplingOptions): Int32Array {
  const { topK = logits.length, topP = 1 } = options;
  if (topK >= logits.length && topP === 1) return Int32Array.from(logits.keys());
  const falling = logits.slice().sort().reverse();
  const nKept = nucleusSize(falling.subarray(0, Math.min(topK, falling.length)), topP, options.temperature);
  const edge = falling[nKept - 1];
  let tiesLeft = nKept - falling.indexOf(edge);
  const kept = new Int32Array(nKept);
  let n = 0;
  for (let id = 0; id < logits.length; id++) {
    if (logits[id] > edge || (logits[id] === edge && tiesLeft-- > 0)) kept[n++] = id;
  }
  return kept;
}

/** How many of the likeliest tokens reach a share topP of the probability of all that are given; at least one. */
function nucleusSize(fallingLogits: Float32Array, topP: number, temperature: number): number {
  if (topP === 1) return fallingLogits.length;
  const weights = Float64Array.from(fallingLogits, (logit) => Math.exp((logit - fallingLogits[0]) / temperature));
  const mass = topP * weights.reduce((total, weight) => total + weight, 0);
  let reached = 0;
  for (let i = 0; i < weights.length; i++) {
    reached += weights[i];
    if (reached >= mass) return i + 1;
  }
  return weights.length;
}
