import { z } from 'zod';

/** Every refusal and failure that a client can meet. The HTTP status of each stands in the trainer, next to its error handler. */
export const errorCodes = [
  'invalid_request',
  'malformed_json',
  'unsupported_media_type',
  'payload_too_large',
  'unauthorized',
  'forbidden_origin',
  'forbidden_host',
  'not_found',
  'conflict',
  'unprocessable',
  'unsupported_hook',
  'prompt_too_long',
  'dataset_invalid',
  'dictionary_invalid',
  'model_invalid',
  'query_timeout',
  'too_many_requests',
  'inference_unavailable',
  'hub_unavailable',
  'storage_unavailable',
  'disk_full',
  'internal',
] as const;

export const errorCodeSchema = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** The body of every answer outside 2xx. */
export const errorResponseSchema = z.object({
  error: z.object({
    code: errorCodeSchema,
    message: z.string().describe('What was wrong, with which value, and what to do'),
    field: z.string().optional().describe('Path of the offending field, dotted'),
    requestId: z.string().optional(),
  }),
});
export type ErrorResponse = z.infer<typeof errorResponseSchema>;
