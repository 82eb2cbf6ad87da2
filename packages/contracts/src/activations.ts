import { z } from 'zod';
import { idSchema } from './primitives.ts';

export const activationSourceSchema = z
  .enum(['stream', 'store'])
  .describe(
    'stream, the default: the model is read while training. store: activations are kept in float16 and reused by later runs',
  );
export type ActivationSource = z.infer<typeof activationSourceSchema>;

/** What a run found stored, and what it made. Each of its shards is counted once, when it is first needed. */
export const storedActivationsSchema = z.object({
  setId: idSchema,
  nShards: z.number().int().describe('Shards that the run uses'),
  reused: z.number().int(),
  harvested: z.number().int().describe('Made by running the model, and kept'),
  harvestedAgain: z.number().int().describe('Were damaged or incomplete'),
  notKept: z.number().int().describe('Made, but neither quota nor storage had room'),
});
export type StoredActivations = z.infer<typeof storedActivationsSchema>;

export const activationSetSchema = z.object({
  id: idSchema,
  modelName: z.string(),
  hookName: z.string(),
  datasetName: z.string(),
  contextSize: z.number().int(),
  width: z.number().int(),
  nTokens: z.number().int().describe('Rows stored'),
  nStoredShards: z.number().int(),
  nShards: z.number().int().describe('Of the whole dataset'),
  sizeBytes: z.number().int(),
  lastUsedAt: z.string(),
  runs: z.array(z.object({ id: idSchema, name: z.string() })),
  isInUse: z.boolean().describe('A running run reads it: it can be neither deleted nor evicted'),
});
export type ActivationSet = z.infer<typeof activationSetSchema>;

export const activationListSchema = z.object({
  sets: z.array(activationSetSchema).describe('Last used first'),
  sizeBytes: z.number().int(),
  quotaBytes: z.number().int(),
  place: z.string().describe('A directory, or s3://bucket/prefix'),
});
export type ActivationList = z.infer<typeof activationListSchema>;
