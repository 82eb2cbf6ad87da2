/** The base of every error interp throws on purpose; the trainer maps each `name` to a code of its own. */
export class InterpretationError extends Error {
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = new.target.name;
    this.details = details;
  }
}

/** The text given cannot feed the work asked for: no contexts, no usable rows. */
export class InsufficientDataError extends InterpretationError {}

/** An argument that contradicts the model, the dictionary or itself. */
export class InvalidRequestError extends InterpretationError {}

/** Packed bytes that no encoder of this package wrote. */
export class EvidenceFormatError extends InterpretationError {}
