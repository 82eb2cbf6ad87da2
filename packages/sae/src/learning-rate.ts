/** Falls with the square root of the width (Gao 2024, §2.2), from what served best at 2,048 latents over about a million tokens. */
export function widthAdjusted(rateAt2048: number, nLatents: number): number {
  return rateAt2048 * Math.sqrt(2048 / Math.max(2048, nLatents));
}
