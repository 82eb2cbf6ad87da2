import { z } from 'zod';
import { hookPointSchema } from './models.ts';
import { idSchema, textSchema } from './primitives.ts';

/** JSON files of a dictionary, and its weights. */
export const maxDictionaryTextBytes = 1024 ** 2;
export const maxDictionaryWeightBytes = 4 * 1024 ** 3 - 1;
/** Latents of one dictionary that the index holds. */
export const maxLatents = 262_144;

/** Where somebody's dictionary lies: in a directory of this machine, or in files that were uploaded before. */
export const dictionarySourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('directory'),
    path: textSchema(4000)
      .min(1)
      .describe('Below one of FEATURESCOPE_DICTIONARY_ROOTS: absolute, or as the list of directories names it'),
  }),
  z.strictObject({ kind: z.literal('upload'), uploadId: idSchema }),
]);
export type DictionarySource = z.infer<typeof dictionarySourceSchema>;

export const inspectDictionarySchema = z.strictObject({
  modelId: idSchema,
  source: dictionarySourceSchema,
  hookName: textSchema(200).optional().describe('Where it is to read; left out, what its files say'),
});
export type InspectDictionary = z.infer<typeof inspectDictionarySchema>;

export const importRunSchema = z.strictObject({
  modelId: idSchema,
  datasetId: idSchema.describe('What its features are looked for in'),
  source: dictionarySourceSchema,
  hookName: textSchema(200).optional().describe('Where it reads; left out, what its files say'),
  name: textSchema(200).min(1).optional(),
});
export type ImportRun = z.infer<typeof importRunSchema>;

export const dictionaryFormatSchema = z.enum(['saelens', 'gemmaScope', 'sparsify', 'dictionaryLearning']);

/** What a dictionary's files say, and whether it can be put to work on a model. */
export const dictionaryInspectionSchema = z.object({
  format: dictionaryFormatSchema,
  found: z.string().describe('What was found, in a sentence'),
  architecture: z.string(),
  dIn: z.number().int().describe('Values of the activations it reads'),
  nLatents: z.number().int(),
  k: z.number().int().nullable(),
  modelName: z.string().nullable().describe('The model that its files name'),
  hookName: z.string().nullable().describe('The hook that its files name'),
  suggestedHookName: z.string().nullable().describe('The hook of this model that it most likely belongs to'),
  hooks: z.array(hookPointSchema).describe('Hooks of this model that are as wide as what it reads'),
  notes: z.array(z.string()).describe('How the files were understood, and what to mind'),
  problems: z
    .array(z.object({ field: z.enum(['source', 'modelId', 'hookName']), message: z.string() }))
    .describe('Why it cannot be imported so; empty when it can'),
});
export type DictionaryInspection = z.infer<typeof dictionaryInspectionSchema>;

export const dictionaryDirectoryListSchema = z.object({
  roots: z.array(z.string()).describe('Below these, directories are read'),
  directories: z.array(z.object({ path: z.string(), sizeBytes: z.number().int() })),
  fileNames: z.array(z.string()).describe('What files of a dictionary are called, in any format'),
});
export type DictionaryDirectoryList = z.infer<typeof dictionaryDirectoryListSchema>;

/** The text part of the multipart upload; it comes before the parts named file. */
export const dictionaryUploadFieldsSchema = z.strictObject({
  folder: textSchema(500)
    .optional()
    .describe('The folder that the files lay in, with slashes: some formats tell model and hook by it'),
});

export const dictionaryUploadSchema = z.object({
  uploadId: idSchema,
  files: z.array(z.object({ name: z.string(), sizeBytes: z.number().int() })),
});
export type DictionaryUpload = z.infer<typeof dictionaryUploadSchema>;

/** What a run keeps of where its dictionary is from. */
export const importedFromSchema = z.object({
  format: dictionaryFormatSchema,
  found: z.string(),
  notes: z.array(z.string()),
  source: z.string().describe('The directory, or the names of the files that were uploaded'),
});
export type ImportedFrom = z.infer<typeof importedFromSchema>;
