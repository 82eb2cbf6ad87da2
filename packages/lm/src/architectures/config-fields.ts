import { isJsonObject } from '../bounded-file.ts';
import { ModelFormatError } from '../errors.ts';

/** The fields of a parsed config.json. Every reader refuses a value that it cannot use with a ModelFormatError that names
 *  the field, the value and what is expected. A field that is null counts as absent unless a reader says otherwise. */
export class ConfigFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #file: string;

  /** file: what messages name. */
  constructor(fields: Record<string, unknown>, file = 'config.json') {
    this.#fields = fields;
    this.#file = file;
  }

  /** The value as it stands, null included. */
  raw(field: string): unknown {
    return this.#fields[field];
  }

  refuse(field: string, value: unknown, expected: string): never {
    throw new ModelFormatError(`${this.#file}: "${field}" is ${JSON.stringify(value)}; expected ${expected}`, {
      file: this.#file,
      field,
      value,
    });
  }

  /** Sizes are bounded so that a hostile file cannot ask for absurd amounts of memory before its weights are looked at. */
  positiveInteger(field: string, absent?: number): number {
    const value = this.#fields[field] ?? absent;
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 10_000_000) {
      this.refuse(field, value, 'a positive integer');
    }
    return value as number;
  }

  /** From 0 on. */
  count(field: string, absent: number): number {
    const value = this.#fields[field] ?? absent;
    return Number.isInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.refuse(field, value, 'an integer from 0');
  }

  positiveNumber(field: string, absent?: number): number {
    const value = this.#fields[field] ?? absent;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      this.refuse(field, value, 'a positive number');
    }
    return value;
  }

  /** Absent: the given value. null in the file: null, which switches the option off. */
  optionalNumber(field: string, absent: number | null): number | null {
    const value = field in this.#fields ? this.#fields[field] : absent;
    return value === null || value === undefined ? null : this.positiveNumber(field, absent ?? undefined);
  }

  positiveNumbers(field: string, count: number): number[] {
    const value = this.#fields[field];
    const isUsable = (item: unknown) => typeof item === 'number' && Number.isFinite(item) && item > 0;
    if (!Array.isArray(value) || value.length !== count || !value.every(isUsable)) {
      this.refuse(field, value, `${count} positive numbers`);
    }
    return value;
  }

  flag(field: string, absent: boolean): boolean {
    const value = this.#fields[field] ?? absent;
    return typeof value === 'boolean' ? value : this.refuse(field, value, 'true or false');
  }

  /** One of a few values, for options of which the others are not supported. */
  oneOf<T extends string | number | boolean>(field: string, supported: readonly T[], absent: T): T {
    const value = this.#fields[field] ?? absent;
    const found = supported.find((item) => item === value);
    return found ?? this.refuse(field, value, supported.map((item) => JSON.stringify(item)).join(' or '));
  }

  /** Refuses an option that the architecture does not have when it is given a value. */
  absent(field: string): void {
    const value = this.#fields[field];
    if (value !== undefined && value !== null) this.refuse(field, value, 'null');
  }

  /** One token id, several, or none: always a list. */
  tokenIds(field: string, vocabSize: number): number[] {
    const value = this.#fields[field];
    if (value === undefined || value === null) return [];
    const ids: unknown[] = Array.isArray(value) ? value : [value];
    for (const id of ids) {
      if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) {
        this.refuse(field, value, `token ids below vocab_size (${vocabSize})`);
      }
    }
    return ids as number[];
  }

  /** An object within the file; null when it is absent. */
  nested(field: string): ConfigFields | null {
    const value = this.#fields[field];
    if (value === undefined || value === null) return null;
    return isJsonObject(value) ? new ConfigFields(value, this.#file) : this.refuse(field, value, 'an object');
  }
}
