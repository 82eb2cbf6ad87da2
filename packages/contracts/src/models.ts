import { z } from 'zod';
import { hubFields, hubPathSchema } from './hub.ts';
import { idSchema, seedSchema, textSchema, timestampSchema } from './primitives.ts';

export const hookPointSchema = z.object({
  name: z.string().describe('TransformerLens name, for example blocks.3.hook_resid_post'),
  layer: z.number().int().nullable(),
  width: z.number().int(),
  steerable: z.boolean().describe('Interventions are possible at this hook'),
});
export type HookPoint = z.infer<typeof hookPointSchema>;

/** Where a model comes from. Paths lie under the server's model roots. */
export const modelSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('directory'),
    path: textSchema(4096).min(1).describe('A Hugging Face directory: config.json, tokenizer.json, *.safetensors'),
  }),
  z.strictObject({ kind: z.literal('gguf'), path: textSchema(4096).min(1).describe('A .gguf file') }),
  z.strictObject({
    kind: z.literal('hub'),
    ...hubFields,
    path: hubPathSchema
      .regex(/\.gguf$/i, 'expected a file that ends with .gguf')
      .optional()
      .describe('One GGUF file of it; left out, config.json and safetensors'),
  }),
]);
export type ModelSource = z.infer<typeof modelSourceSchema>;
export const modelSourceRequestSchema = z.strictObject({ source: modelSourceSchema });

export const modelStatusSchema = z.enum(['adding', 'ready', 'failed']);
export type ModelStatus = z.infer<typeof modelStatusSchema>;

export const modelProgressSchema = z.object({
  phase: z.enum(['download', 'check']).describe('Fetching files, then reading all of them once for their hashes'),
  doneBytes: z.number().int(),
  totalBytes: z.number().int(),
});
export type ModelProgress = z.infer<typeof modelProgressSchema>;

const shapeFields = {
  modelType: z.string(),
  nLayers: z.number().int(),
  dModel: z.number().int(),
  nHeads: z.number().int(),
  vocabSize: z.number().int(),
  contextSize: z.number().int(),
  nParameters: z.number().int(),
  licence: z.string().nullable(),
  dtype: z.string().nullable().describe('How the files store the weights; computing is in float32'),
  memoryBytes: z.number().int().describe('What the weights take once they are loaded'),
  defaultHookName: z.string().describe('resid_post of the middle layer'),
  hooks: z.array(hookPointSchema),
};

export const modelSchema = z.object({
  id: idSchema,
  name: z.string(),
  status: modelStatusSchema,
  source: modelSourceSchema,
  error: z.string().nullable().describe('Why it is failed'),
  progress: modelProgressSchema.nullable(),
  ...shapeFields,
  tokenizerHash: z.string().describe('Empty until the model is ready'),
  weightsHash: z.string().describe('Empty until the model is ready'),
  bundled: z.boolean(),
  nRuns: z.number().int(),
  createdAt: timestampSchema,
  lastSeq: z.number().int(),
});
export type Model = z.infer<typeof modelSchema>;
export const modelListSchema = z.object({ models: z.array(modelSchema) });
export const modelCreatedSchema = z.object({ id: idSchema, status: modelStatusSchema });

/** What a source holds, before anything of it is loaded. */
export const modelInspectionSchema = z.object({
  source: modelSourceSchema.describe('With the real path, or with the commit'),
  name: z.string(),
  ...shapeFields,
  files: z.array(
    z.object({
      name: z.string(),
      sizeBytes: z.number().int(),
      isLocal: z.boolean().describe('Need not be downloaded'),
    }),
  ),
  downloadBytes: z.number().int(),
  freeDiskBytes: z.number().int().describe('Where the files would be written'),
  freeMemoryBytes: z.number().int(),
  addedAs: idSchema.nullable().describe('The model that this source was added as already'),
});
export type ModelInspection = z.infer<typeof modelInspectionSchema>;

export const hubGgufRequestSchema = z.strictObject(hubFields);

/** GGUF files of a repository on the hub: the same model, stored in more or fewer bits. */
export const hubGgufListSchema = z.object({
  repo: z.string(),
  commit: z.string(),
  hasSafetensors: z.boolean().describe('It can be added without a path, too'),
  files: z.array(
    z.object({
      path: z.string(),
      sizeBytes: z.number().int(),
      quantisation: z.string().nullable().describe('As its name tells it; null where it does not'),
      isLocal: z.boolean().describe('Need not be downloaded'),
      problem: z.string().nullable().describe('Why it is not read'),
    }),
  ),
});
export type HubGgufList = z.infer<typeof hubGgufListSchema>;

/** Models that lie under the roots and were not added. */
export const foundModelsSchema = z.object({
  roots: z.array(z.string()),
  found: z.array(z.object({ kind: z.enum(['directory', 'gguf']), path: z.string(), name: z.string() })),
});
export type FoundModels = z.infer<typeof foundModelsSchema>;

export const maxPredictedTokens = 100;
export const maxGeneratedTokens = 1000;
/** Attention's memory grows with the square of a prompt, and some models declare contexts of a hundred thousand tokens. */
export const maxPromptTokens = 8192;

/** A text, which gets the model's beginning-of-text token, or token ids, which are taken as they are. */
const promptFields = {
  text: textSchema(100_000).optional().describe('Gets the beginning-of-text token in front'),
  tokenIds: z.array(z.number().int().min(0)).min(1).max(maxPromptTokens).optional().describe('Taken as they are'),
};
const hasOnePrompt = ({ text, tokenIds }: { text?: string; tokenIds?: number[] }) =>
  (text === undefined) !== (tokenIds === undefined);
const onePrompt = { message: 'Give either text or tokenIds, and not both.', path: ['text'] };

export const predictRequestSchema = z
  .strictObject({ ...promptFields, topK: z.number().int().min(1).max(maxPredictedTokens).default(5) })
  .refine(hasOnePrompt, onePrompt);
export type PredictRequest = z.infer<typeof predictRequestSchema>;

export const predictedTokenSchema = z.object({
  tokenId: z.number().int(),
  text: z.string(),
  logit: z.number(),
  logProbability: z.number().describe('ln p, natural logarithm'),
});
export const predictResponseSchema = z.object({
  tokenIds: z.array(z.number().int()).describe('What the model read'),
  texts: z.array(z.string()).describe('The text of each token read'),
  positions: z
    .array(z.object({ top: z.array(predictedTokenSchema).describe('Likeliest first; equal ones by lower id') }))
    .describe('For each token read, what may come after it'),
});
export type PredictResponse = z.infer<typeof predictResponseSchema>;

export const generateRequestSchema = z
  .strictObject({
    ...promptFields,
    nTokens: z.number().int().min(1).max(maxGeneratedTokens).default(50),
    temperature: z.number().min(0).max(5).default(1).describe('0 is greedy'),
    topK: z.number().int().min(1).optional().describe('Only the k likeliest tokens'),
    topP: z.number().gt(0).max(1).optional().describe('Only the likeliest tokens that reach this probability together'),
    seed: seedSchema.default(0),
  })
  .refine(hasOnePrompt, onePrompt);
export type GenerateRequest = z.infer<typeof generateRequestSchema>;

export const generateResponseSchema = z.object({
  promptTokenIds: z.array(z.number().int()),
  tokenIds: z.array(z.number().int()).describe('What was written; it ends early with an end-of-text token'),
  text: z.string().describe('The written tokens, decoded'),
  logProbabilities: z.array(z.number()).describe('ln p of each written token, before temperature and truncation'),
});
export type GenerateResponse = z.infer<typeof generateResponseSchema>;
