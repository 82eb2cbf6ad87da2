import { isJsonObject } from './bounded-file.ts';

/** A tokenizer.json whose step `Digits` is said in another way. The reference implementation takes every number of Unicode
 *  for a digit, ² and ① as well; the library that encodes here, the decimal digits alone. */
export function withDigitsSpelledOut(json: Record<string, unknown>): Record<string, unknown> {
  return { ...json, pre_tokenizer: spelledOut(json.pre_tokenizer) };
}

function spelledOut(step: unknown): unknown {
  if (!isJsonObject(step)) return step;
  if (Array.isArray(step.pretokenizers)) return { ...step, pretokenizers: step.pretokenizers.map(spelledOut) };
  if (step.type !== 'Digits') return step;
  const Regex = step.individual_digits ? '\\p{N}' : '\\p{N}+';
  return { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
}
