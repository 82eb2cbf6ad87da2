import type { ErrorCode } from '@featurescope/contracts';

/** A refusal or failure that a client is told of. The message names what was wrong, the value given, and what to do. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  /** Path of the offending field, dotted. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }
}

/** The HTTP status of each code; a code without one does not compile. */
export const statusOfCode = {
  invalid_request: 400,
  malformed_json: 400,
  unsupported_media_type: 415,
  payload_too_large: 413,
  unauthorized: 401,
  forbidden_origin: 403,
  forbidden_host: 403,
  not_found: 404,
  conflict: 409,
  unprocessable: 422,
  unsupported_hook: 422,
  prompt_too_long: 422,
  dataset_invalid: 422,
  dictionary_invalid: 422,
  model_invalid: 422,
  query_timeout: 422,
  too_many_requests: 429,
  inference_unavailable: 503,
  hub_unavailable: 503,
  storage_unavailable: 503,
  disk_full: 507,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** "There is no run "…"." in one place, so that every 404 reads alike. */
export function notFound(what: string, id: string | number): AppError {
  return new AppError(
    'not_found',
    `There is no ${what} ${JSON.stringify(id)}. It may have been deleted; look it up in its list.`,
  );
}
