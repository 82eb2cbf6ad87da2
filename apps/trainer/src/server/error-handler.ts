import type { ErrorCode, ErrorResponse } from '@featurescope/contracts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, statusOfCode } from '../app-error.ts';

/** What Fastify and its plugins refuse by themselves, in our codes. */
const codeOfFastifyError: Record<string, { code: ErrorCode; message: string }> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'This content type is not accepted here. Send application/json (uploads: multipart/form-data).',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload_too_large', message: 'The body exceeds 1 MiB. Send less.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    message: 'The body is not as long as its Content-Length says. Send it again.',
  },
  FST_ERR_BAD_URL: { code: 'not_found', message: 'The path is not well-formed.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not_found', message: 'There is nothing with so long an id.' },
};

/** Any error as the client may see it: what is not meant for clients becomes "internal". */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code, statusCode, message } = error as Partial<FastifyError>;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError(
      'disk_full',
      'The disk that holds the data directory is full. Free some space, then try again.',
      {
        cause: error,
      },
    );
  const known = code === undefined ? undefined : codeOfFastifyError[code];
  if (known) return new AppError(known.code, known.message, { cause: error });
  // What else Fastify finds wrong with a request itself, for example an unreadable header.
  if (code?.startsWith('FST_') && statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AppError('invalid_request', `${message}. Correct the request.`, { cause: error });
  return new AppError('internal', 'Something failed on the server.', { cause: error });
}

export function errorBody(error: AppError, requestId: string): ErrorResponse {
  const isInternal = error.code === 'internal';
  const message = isInternal
    ? `Something failed on the server. Its log has the details under request ${requestId}; try again, or report it.`
    : error.message;
  return { error: { code: error.code, message, field: error.field, requestId } };
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const appError = toAppError(error);
  const status = statusOfCode[appError.code];
  if (status >= 500) request.log.error({ err: error, code: appError.code }, 'request failed');
  else request.log.debug({ err: error, code: appError.code }, 'request refused');
  // As text, past the route's response schema, which describes the same shape.
  void reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(errorBody(appError, request.id));
}
