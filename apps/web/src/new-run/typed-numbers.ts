/** The values of a field that takes several: "16, 32 64". A comma separates; thousands are written without one. */
export const splitList = (text: string): string[] => text.split(/[\s,;]+/).filter((value) => value !== '');

/** "2,048", "16k", "1.5M", "1e-3" → number; NaN for anything else. */
export function parseNumber(text: string): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kKmM]?)$/i.exec(text.replace(/[\s,_]/g, ''));
  if (!match) return Number.NaN;
  const factor = { '': 1, k: 1e3, m: 1e6 }[match[2].toLowerCase()] ?? 1;
  return Number((Number(match[1]) * factor).toPrecision(15));
}
