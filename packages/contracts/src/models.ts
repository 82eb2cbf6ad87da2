import { z } from 'zod';
import { idSchema } from './primitives.ts';

export const hookPointSchema = z.object({
  name: z.string().describe('TransformerLens name, for example blocks.3.hook_resid_post'),
  layer: z.number().int().nullable(),
  width: z.number().int(),
  steerable: z.boolean().describe('Interventions are possible at this hook'),
});
export type HookPoint = z.infer<typeof hookPointSchema>;

export const modelSchema = z.object({
  id: idSchema,
  name: z.string(),
  modelType: z.string(),
  nLayers: z.number().int(),
  dModel: z.number().int(),
  nHeads: z.number().int(),
  vocabSize: z.number().int(),
  contextSize: z.number().int(),
  nParameters: z.number().int(),
  licence: z.string().nullable(),
  tokenizerHash: z.string(),
  weightsHash: z.string(),
  bundled: z.boolean(),
  defaultHookName: z.string().describe('resid_post of the middle layer'),
  hooks: z.array(hookPointSchema),
});
export type Model = z.infer<typeof modelSchema>;
export const modelListSchema = z.object({ models: z.array(modelSchema) });
