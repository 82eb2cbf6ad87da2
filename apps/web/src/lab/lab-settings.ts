/** One setting of a page, kept in its address. */
export type SettingField =
  | { kind: 'number'; fallback: number; min: number; max: number; isInteger?: boolean }
  | { kind: 'choice'; fallback: string; options: readonly string[] }
  /** Some of the options, joined by commas in their own order. */
  | { kind: 'list'; fallback: string; options: readonly string[] };

export type SettingFields = Record<string, SettingField>;

export type SettingsOf<F extends SettingFields> = {
  [K in keyof F]: F[K] extends { kind: 'number' }
    ? number
    : F[K] extends { kind: 'choice'; options: readonly (infer Option)[] }
      ? Option
      : string;
};

export const seedField = { kind: 'number', fallback: 0, min: 0, max: 999_999, isInteger: true } as const;

/** What an address says; whatever is missing or makes no sense is the default, and what is out of range the nearest end. */
export function readSettings<const F extends SettingFields>(fields: F, query: URLSearchParams): SettingsOf<F> {
  const entries = Object.entries(fields).map(([name, field]) => [name, readField(field, query.get(name))]);
  return Object.fromEntries(entries) as SettingsOf<F>;
}

function readField(field: SettingField, text: string | null): number | string {
  if (field.kind === 'choice') return text !== null && field.options.includes(text) ? text : field.fallback;
  if (field.kind === 'list') {
    const named = field.options.filter((option) => text?.split(',').includes(option));
    return named.length > 0 ? named.join(',') : field.fallback;
  }
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return field.fallback;
  const inRange = Math.min(field.max, Math.max(field.min, value));
  return field.isInteger ? Math.round(inRange) : inRange;
}

/** Every setting, so that an address means the same when a default changes. */
export function writeSettings(settings: Record<string, number | string>): string {
  return new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, shortNumber(value)])).toString();
}

const shortNumber = (value: number | string) =>
  typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
