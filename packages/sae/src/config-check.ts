import { SaeConfigError } from './errors.ts';
import type { TrainingConfig } from './training-config.ts';

interface NumberRange {
  integer?: boolean;
  min: number;
  max?: number;
}

/** Throws SaeConfigError unless the field is a finite number of the range; the message names the field, the range and the value. */
export function requireNumber(
  config: TrainingConfig,
  name: keyof TrainingConfig,
  { integer = false, min, max = Number.POSITIVE_INFINITY }: NumberRange,
): void {
  const value = config[name];
  const isNumber = typeof value === 'number' && Number.isFinite(value) && (!integer || Number.isInteger(value));
  if (isNumber && value >= min && value <= max) return;
  const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new SaeConfigError(`${name} must be ${integer ? 'an integer' : 'a number'} ${range}, but is ${String(value)}`);
}

/** Throws SaeConfigError unless the field is one of the choices. */
export function requireChoice(config: TrainingConfig, name: keyof TrainingConfig, choices: readonly string[]): void {
  if (choices.includes(config[name] as string)) return;
  throw new SaeConfigError(`${name} must be ${choices.join(' or ')}, but is ${String(config[name])}`);
}
