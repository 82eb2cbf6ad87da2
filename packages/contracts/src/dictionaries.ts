import { z } from 'zod';
import { hubFields, hubPathSchema } from './hub.ts';
import { hookPointSchema } from './models.ts';
import { idSchema, textSchema } from './primitives.ts';

/** JSON files of a dictionary, and its weights. */
export const maxDictionaryTextBytes = 1024 ** 2;
export const maxDictionaryWeightBytes = 4 * 1024 ** 3 - 1;
/** Latents of one dictionary that the index holds. */
export const maxLatents = 262_144;

export const dictionaryFormatSchema = z.enum(['saelens', 'gemmaScope', 'sparsify', 'dictionaryLearning']);

const hubDictionaryFields = {
  ...hubFields,
  path: hubPathSchema.optional().describe('The folder that the dictionary lies in; left out, the top'),
};

/** Where somebody's dictionary lies: in a directory of this machine, in files that were uploaded before, or on the hub. */
export const dictionarySourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('directory'),
    path: textSchema(4000)
      .min(1)
      .describe('Below one of FEATURESCOPE_DICTIONARY_ROOTS: absolute, or as the list of directories names it'),
  }),
  z.strictObject({ kind: z.literal('upload'), uploadId: idSchema }),
  z.strictObject({ kind: z.literal('hub'), ...hubDictionaryFields }),
]);
export type DictionarySource = z.infer<typeof dictionarySourceSchema>;
export type HubDictionarySource = Extract<DictionarySource, { kind: 'hub' }>;

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

export const hubDictionariesRequestSchema = z.strictObject({
  ...hubFields,
  path: hubPathSchema.optional().describe('Only what lies in this folder, and in those below it'),
});
export type HubDictionariesRequest = z.infer<typeof hubDictionariesRequestSchema>;

/** Dictionaries of a repository on the hub. */
export const hubDictionaryListSchema = z.object({
  repo: z.string(),
  commit: z.string().describe('What the revision names now'),
  licence: z.string().nullable(),
  dictionaries: z.array(
    z.object({
      path: z.string().describe("Its folder; '' is the top"),
      format: dictionaryFormatSchema,
      sizeBytes: z.number().int(),
      downloadBytes: z.number().int().describe('What is not in the cache yet'),
    }),
  ),
  refused: z
    .array(z.object({ path: z.string(), reason: z.string() }))
    .describe('Folders with a dictionary that is not read, such as a pickle'),
  nMore: z.number().int().describe('How many are left out; name a folder to see them'),
});
export type HubDictionaryList = z.infer<typeof hubDictionaryListSchema>;

export const startDictionaryDownloadSchema = z.strictObject(hubDictionaryFields);

/** A dictionary that is being fetched from the hub into the cache. */
export const dictionaryDownloadSchema = z.object({
  id: idSchema,
  source: dictionarySourceSchema.describe('With the commit: what to inspect and import'),
  status: z.enum(['running', 'succeeded', 'failed', 'stopped']),
  doneBytes: z.number().int(),
  totalBytes: z.number().int(),
  error: z.string().nullable().describe('Why it is failed'),
});
export type DictionaryDownload = z.infer<typeof dictionaryDownloadSchema>;

/** What a dictionary's files say, and whether it can be put to work on a model. */
export const dictionaryInspectionSchema = z.object({
  source: dictionarySourceSchema.describe('As it was given; of a hub, with the commit'),
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
  source: z.string().describe('The directory, the names of the files that were uploaded, or the place on the hub'),
  hub: z.object({ repo: z.string(), path: z.string(), commit: z.string() }).optional(),
});
export type ImportedFrom = z.infer<typeof importedFromSchema>;
