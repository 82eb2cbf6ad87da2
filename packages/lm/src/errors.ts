/** The base of every error this package throws on purpose; the application maps each `name` to a code of its own. */
export class LanguageModelError extends Error {
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.details = details;
  }
}

/** A model directory cannot be used: a file is missing, damaged, hostile or of an unsupported kind. Names file and field or tensor. */
export class ModelFormatError extends LanguageModelError {}

/** A hook name that the model does not have, or that cannot be intervened at. */
export class UnsupportedHookError extends LanguageModelError {}

/** The text, or the text with what was to be generated, is longer than the model's context. */
export class ContextOverflowError extends LanguageModelError {}

/** A batch, a sampling option or a residual that contradicts itself or the model (length, range, token id). */
export class InvalidInputError extends LanguageModelError {}

/** Arithmetic left the range of float32; usually an intervention was far too strong. */
export class NonFiniteError extends LanguageModelError {}
