const suffixes: [number, string][] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** Three significant digits with k, M, B, T from 10,000 on ("12.3k"); whole numbers below that are exact ("2,048"). */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (Number.isInteger(value) && size < 10_000) return withMinus(value.toLocaleString('en-US'));
  if (size < 1e-4) return withMinus(value.toExponential(1).replace('e-', 'e−'));
  for (const [unit, suffix] of suffixes)
    if (size >= unit * (unit === 1e3 ? 9.995 : 0.9995)) return `${withMinus(threeDigits(value / unit))}${suffix}`;
  return withMinus(size >= 999.5 ? Math.round(value).toLocaleString('en-US') : threeDigits(value));
}

/** A fixed count of decimals, for columns in which the points stand under each other: "0.98", "1.00". */
export function formatFixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatNumber(value);
  const text = value.toFixed(decimals);
  return withMinus(Number(text) === 0 ? text.replace('-', '') : text);
}

/** Decimals that give the highest of a column three significant digits. */
export const decimalsFor = (highest: number): number =>
  highest > 0 ? Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(highest)))) : 2;

/** A share of 1 as a percentage: "3.42%", "<0.01%". */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return '<0.01%';
  return `${formatNumber(Number(percent.toPrecision(3)))}%`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${power === 0 ? bytes : threeDigits(bytes / 1024 ** power)} ${units[power]}`;
}

/** "45 s", "3 min 20 s", "2 h 5 min", "3 d 4 h": two units at most. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** "just now", "5 min ago", "yesterday", "3 d ago". */
export function formatAgo(date: Date, now: Date): string {
  const seconds = (now.getTime() - date.getTime()) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  if (seconds < 172_800) return 'yesterday';
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** blocks.3.hook_resid_post → "block 3 · resid_post". */
export function shortHookName(hookName: string): string {
  const match = /^blocks\.(\d+)\.(?:(attn|mlp)\.)?hook_(.+)$/.exec(hookName);
  if (!match) return hookName.replace(/^hook_/, '');
  const [, layer, part, name] = match;
  return `block ${layer} · ${part ? `${part}.` : ''}${name}`;
}

const threeDigits = (value: number) => String(Number(value.toPrecision(3)));
const withMinus = (text: string) => text.replace('-', '−');
