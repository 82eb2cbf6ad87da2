import { SaeFormatError } from '../errors.ts';

/** No width of a dictionary is beyond this. */
const MAX_SIZE = 2 ** 24;

/** What Python writes for numbers that JSON has not; figures of a training run can be such. */
const PYTHON_NUMBERS = /(?<=[:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g;

/** The fields of a JSON object in a file, read one by one. Every refusal is a SaeFormatError that names file, field and value. */
export class JsonFields {
  readonly fileName: string;
  readonly values: Readonly<Record<string, unknown>>;
  private readonly path: string;

  constructor(fileName: string, values: Record<string, unknown>, path = '') {
    this.fileName = fileName;
    this.values = values;
    this.path = path;
  }

  static parse(fileName: string, text: string): JsonFields {
    let value: unknown;
    try {
      value = JSON.parse(text.replace(PYTHON_NUMBERS, 'null'));
    } catch (error) {
      throw new SaeFormatError(`${fileName} is not JSON`, { cause: error });
    }
    if (!isObject(value)) throw new SaeFormatError(`${fileName} is not a JSON object`);
    return new JsonFields(fileName, value);
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  /** A whole number from 1 to 2^24. */
  size(name: string): number {
    const value = this.values[name];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_SIZE) return value;
    throw this.refusal(name, 'a positive integer');
  }

  number(name: string, otherwise: number): number {
    if (!this.has(name)) return otherwise;
    const value = this.values[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.refusal(name, 'a number');
  }

  flag(name: string, otherwise: boolean): boolean {
    if (!this.has(name)) return otherwise;
    const value = this.values[name];
    if (typeof value === 'boolean') return value;
    throw this.refusal(name, 'true or false');
  }

  text(name: string): string {
    const value = this.values[name];
    if (typeof value === 'string') return value;
    throw this.refusal(name, 'text');
  }

  /** The object of that name; one without fields where there is none. */
  object(name: string): JsonFields {
    const value = this.values[name] ?? {};
    if (isObject(value)) return new JsonFields(this.fileName, value, `${this.path}${name}.`);
    throw this.refusal(name, 'an object');
  }

  /** What is wrong with a field. */
  refusal(name: string, wanted: string): SaeFormatError {
    const given = JSON.stringify(this.values[name])?.slice(0, 80) ?? 'nothing';
    return new SaeFormatError(`${this.fileName} must have ${this.path}${name} as ${wanted}, but has ${given}`);
  }
}

/** A value as text or as a boolean or as a number, else undefined: for what is shown and not computed with. */
export function looselyTyped(fields: JsonFields) {
  return {
    text: (name: string) => (typeof fields.values[name] === 'string' ? (fields.values[name] as string) : undefined),
    flag: (name: string) => (typeof fields.values[name] === 'boolean' ? (fields.values[name] as boolean) : undefined),
    number: (name: string) => (typeof fields.values[name] === 'number' ? (fields.values[name] as number) : undefined),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
