/** Training cannot go on: a number is not finite, or the loss has exploded. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  /** The step that diverged, counted from 1. */
  readonly step: number;
  override readonly cause: string;

  constructor(step: number, cause: string) {
    super(`Training diverged at step ${step}: ${cause}. Lower the learning rate or check the activations.`);
    this.step = step;
    this.cause = cause;
  }
}

/** A configuration that cannot be trained; the message names the field, the value and what is allowed. */
export class SaeConfigError extends Error {
  override readonly name = 'SaeConfigError';
}

/** Bytes or JSON that are not what they claim to be; the message says where. */
export class SaeFormatError extends Error {
  override readonly name = 'SaeFormatError';
}
