import { z } from 'zod';
import { idSchema, textSchema } from './primitives.ts';

export const datasetFormats = ['txt', 'md', 'jsonl'] as const;
export const maxDatasetBytes = 1024 ** 3;
export const maxDatasetLineBytes = 4 * 1024 ** 2;

export const datasetStatusSchema = z.enum(['ingesting', 'ready', 'failed']);

export const datasetSchema = z.object({
  id: idSchema,
  name: z.string(),
  status: datasetStatusSchema,
  format: z.enum(datasetFormats),
  originalName: z.string().nullable().describe('The uploaded file name, for display only'),
  nDocuments: z.number().int(),
  sizeBytes: z.number().int(),
  contentHash: z.string().nullable().describe('sha256 of the normalised documents'),
  bundled: z.boolean(),
  nRuns: z.number().int().describe('Runs that use it; a dataset in use cannot be deleted'),
  kinds: z.array(z.object({ kind: z.string(), nDocuments: z.number().int() })),
  sample: z.string().nullable().describe('The beginning of its first document'),
  error: z.string().nullable(),
  createdAt: z.string(),
});
export type Dataset = z.infer<typeof datasetSchema>;
export const datasetListSchema = z.object({ datasets: z.array(datasetSchema) });

/** The text parts of the multipart upload; they come before the part `file`. */
export const datasetUploadFieldsSchema = z.strictObject({
  name: textSchema(200).min(1).optional().describe("Defaults to the file's name"),
  field: textSchema(100).min(1).optional().describe('jsonl only: the field that holds the text (default "text")'),
});
export type DatasetUploadFields = z.infer<typeof datasetUploadFieldsSchema>;
