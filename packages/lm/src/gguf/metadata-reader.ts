import { ModelFormatError } from '../errors.ts';
import type { MetadataValue } from './metadata.ts';

/** Typed access to a file's metadata. Each throws ModelFormatError, naming file, key and value, when the value is of
 *  another kind, or absent without a default. */
export interface MetadataReader {
  has(key: string): boolean;
  integer(key: string, absent?: number): number;
  /** A float32 of the file as the shortest decimal that was meant: 1e-5 instead of 9.999999747378752e-6. */
  number(key: string, absent?: number): number;
  string(key: string, absent?: string): string;
  boolean(key: string, absent?: boolean): boolean;
  strings(key: string): string[];
  numbers(key: string): number[];
}

export function metadataReader(gguf: { file: string; metadata: ReadonlyMap<string, MetadataValue> }): MetadataReader {
  const { file, metadata } = gguf;
  const read = <T>(key: string, absent: T | undefined, accept: Acceptance<T>): T => {
    const value = metadata.get(key) ?? absent;
    if (value !== undefined && accept.test(value)) return value as T;
    const shown = Array.isArray(value) ? 'a list of other values' : (showValue(value) ?? 'missing');
    throw new ModelFormatError(`${file}: metadata "${key}" is ${shown}; expected ${accept.expected}`, { file, key });
  };
  return {
    has: (key) => metadata.has(key),
    integer: (key, absent) => read(key, absent, INTEGER),
    number: (key, absent) => Number(read(key, absent, NUMBER).toPrecision(7)),
    string: (key, absent) => read(key, absent, STRING),
    boolean: (key, absent) => read(key, absent, BOOLEAN),
    strings: (key) => read(key, undefined, STRINGS),
    numbers: (key) => read(key, undefined, NUMBERS),
  };
}

interface Acceptance<T> {
  expected: string;
  test: (value: unknown) => boolean;
  /** Carries the type only. */
  _?: T;
}

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isString = (value: unknown) => typeof value === 'string';

const INTEGER: Acceptance<number> = {
  expected: 'a non-negative integer',
  test: (value) => Number.isInteger(value) && (value as number) >= 0,
};
const NUMBER: Acceptance<number> = { expected: 'a number', test: isNumber };
const STRING: Acceptance<string> = { expected: 'a text', test: isString };
const BOOLEAN: Acceptance<boolean> = { expected: 'true or false', test: (value) => typeof value === 'boolean' };
const STRINGS: Acceptance<string[]> = {
  expected: 'a list of texts',
  test: (value) => Array.isArray(value) && value.every(isString),
};
const NUMBERS: Acceptance<number[]> = {
  expected: 'a list of numbers',
  test: (value) => Array.isArray(value) && value.every(isNumber),
};

function showValue(value: unknown): string | undefined {
  return typeof value === 'bigint' ? `${value}` : JSON.stringify(value)?.slice(0, 80);
}
