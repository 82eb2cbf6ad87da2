import type { KneserNey } from '../kneser-ney/kneser-ney.ts';

/** −log₂ P of a document's tokens under an n-gram model that sees the document from its beginning. */
export function kneserNeyBits(model: KneserNey, tokens: readonly number[]): number {
  const padding = model.order - 1;
  const padded = [...Array<number>(padding).fill(0), ...tokens];
  let bits = 0;
  for (let at = padding; at < padded.length; at++) bits -= Math.log2(model.probability(padded, at));
  return bits;
}
