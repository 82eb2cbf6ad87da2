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
  const candidates =
    options.topK !== undefined || options.topP !== undefined ? likeliest(logits, options.topK) : undefined;
  const size = candidates?.length ?? logits.length;
  const weights = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < size; i++) {
    // float64 and measured from the largest: a very low temperature underflows to zero instead of overflowing.
    weights[i] = Math.exp((logits[candidates ? candidates[i] : i] - logits[best]) / options.temperature);
    total += weights[i];
  }
  const nKept = options.topP === undefined ? size : nucleusSize(weights, total * options.topP);
  const kept = nKept === size ? total : sum(weights, nKept);
  const place = pick(weights.subarray(0, nKept), random() * kept);
  return candidates ? candidates[place] : place;
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

/** Token ids by falling logit, ties to the lower id, at most k of them. */
function likeliest(logits: Float32Array, k = logits.length): Int32Array {
  const ids: number[] = [];
  // Only tokens at or above the k-th largest logit are sorted by id and logit, which a full sort of the ids would be slow at.
  const threshold = k < logits.length ? logits.slice().sort()[logits.length - k] : Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) if (logits[id] >= threshold) ids.push(id);
  ids.sort((a, b) => logits[b] - logits[a] || a - b);
  return Int32Array.from(ids.slice(0, k));
}

/** How many of the weights, which fall, are needed to reach mass; at least one. */
function nucleusSize(weights: Float64Array, mass: number): number {
  let reached = 0;
  for (let i = 0; i < weights.length; i++) {
    reached += weights[i];
    if (reached >= mass) return i + 1;
  }
  return weights.length;
}

function sum(weights: Float64Array, n: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += weights[i];
  return total;
}

/** The place whose stretch of the running sum holds the target. Rounding may leave the target just past the end. */
function pick(weights: Float64Array, target: number): number {
  let reached = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    reached += weights[i];
    last = i;
    if (target < reached) return i;
  }
  return last;
}
