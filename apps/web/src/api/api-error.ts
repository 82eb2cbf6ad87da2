import { type ErrorCode, errorResponseSchema } from '@featurescope/contracts';

export type ClientErrorCode = ErrorCode | 'network' | 'unexpected_answer';

interface ApiErrorFields {
  code: ClientErrorCode;
  message: string;
  status: number;
  request: string;
  field?: string;
  requestId?: string;
}

/** A refusal or failure of the API, with what a person needs to report it. `status` is 0 when no answer came. */
export class ApiError extends Error {
  readonly code: ClientErrorCode;
  readonly status: number;
  readonly request: string;
  readonly field?: string;
  readonly requestId?: string;

  constructor(fields: ApiErrorFields) {
    super(fields.message);
    this.name = 'ApiError';
    this.code = fields.code;
    this.status = fields.status;
    this.request = fields.request;
    this.field = fields.field;
    this.requestId = fields.requestId;
  }

  /** What "Copy details" puts on the clipboard. */
  get details(): string {
    const lines = [`${this.code}: ${this.message}`, `request: ${this.request}`, `status: ${this.status}`];
    if (this.field) lines.push(`field: ${this.field}`);
    if (this.requestId) lines.push(`request id: ${this.requestId}`);
    return lines.join('\n');
  }
}

/** The error that an answer outside 2xx carries; a body that is not the API's own (a proxy's page) keeps its status. */
export function errorFromAnswer(status: number, body: string, request: string): ApiError {
  try {
    const { error } = errorResponseSchema.parse(JSON.parse(body));
    return new ApiError({ ...error, status, request });
  } catch {
    const message =
      status === 502 || status === 503 || status === 504
        ? 'The server is not answering. It may be starting; this page tries again.'
        : `The server answered ${status} without an explanation.`;
    return new ApiError({ code: 'unexpected_answer', message, status, request });
  }
}

export function networkError(request: string): ApiError {
  return new ApiError({
    code: 'network',
    message: 'The server cannot be reached. Check that featurescope is still running.',
    status: 0,
    request,
  });
}
