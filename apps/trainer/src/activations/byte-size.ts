const powers = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes of "500000", "50GB", "1.5 TB" (decimal units) or "64GiB" (binary ones). Null for anything else. */
export function parseByteSize(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?\s*$/i.exec(text);
  if (match === null) return null;
  const [, digits, unit, binary] = match;
  if (binary !== '' && unit === '') return null;
  const base = binary === '' ? 1000 : 1024;
  const sizeBytes = Math.floor(Number(digits) * base ** powers[unit.toLowerCase() as keyof typeof powers]);
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : null;
}
