import { z } from 'zod';
import { activationSourceSchema, storedActivationsSchema } from './activations.ts';
import {
  architectureIssues,
  architectureMembers,
  architectureOptionsSchema,
  presetSchema,
  runArchitectureSchema,
} from './architectures.ts';
import { createDecompositionSchema } from './decompositions.ts';
import { importedFromSchema, maxLatents } from './dictionaries.ts';
import { evaluationSchema } from './evaluation.ts';
import { idSchema, seedSchema, textSchema } from './primitives.ts';

export const commonRunFields = {
  source: z.literal('model').optional().describe('Where the activations come from; "synthetic" takes a generator'),
  modelId: idSchema,
  hookName: textSchema(200).describe('TransformerLens hook name; its activations are decomposed'),
  datasetId: idSchema,
  nLatents: z.number().int().min(8).max(maxLatents),
  nTokens: z.number().int().min(10_000).max(10_000_000_000).describe('Activations to train on, one a token'),
  batchSize: z.number().int().min(32).max(65_536),
  learningRate: z.number().positive().max(1),
  seed: seedSchema,
  activations: activationSourceSchema.optional(),
  name: textSchema(200).min(1).optional(),
};

/** Runs that train a dictionary on a model's activations, one member an architecture. */
export const trainedRunMembers = architectureMembers(commonRunFields);

export const createRunSchema = z
  .discriminatedUnion('architecture', [...trainedRunMembers])
  .superRefine((run, context) => {
    for (const { field, message } of architectureIssues(run))
      context.addIssue({ code: 'custom', path: [field], message });
    if (run.nTokens < run.batchSize)
      context.addIssue({
        code: 'custom',
        path: ['nTokens'],
        message: `nTokens is ${run.nTokens}; it must be at least batchSize (${run.batchSize})`,
      });
  });
export type CreateRun = z.infer<typeof createRunSchema>;

/** What POST /api/runs takes: a dictionary to train, or a decomposition to fit. */
export const createAnyRunSchema = z.discriminatedUnion('architecture', [createRunSchema, createDecompositionSchema]);

export const runStatusSchema = z.enum(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof runStatusSchema>;
export const runStageSchema = z.enum(['prepare', 'train', 'fit', 'evaluate', 'index', 'label', 'done']);
export type RunStage = z.infer<typeof runStageSchema>;

export const progressSchema = z.object({
  stage: runStageSchema,
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  perSecond: z.number().nullable(),
  etaSeconds: z.number().nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

export const runSchema = z.object({
  id: idSchema,
  name: z.string(),
  source: z.enum(['model', 'synthetic']).describe('What it was trained on: activations of a model, or synthetic data'),
  modelId: idSchema.nullable().describe('Null, as datasetId, and names empty, for synthetic data'),
  modelName: z.string(),
  hookName: z.string(),
  datasetId: idSchema.nullable(),
  datasetName: z.string(),
  synthetic: z
    .object({ nTruths: z.number().int(), dModel: z.number().int(), words: z.string() })
    .nullable()
    .describe('Of synthetic data: its truths, the values of a sample, and what it is in a few words'),
  origin: z
    .enum(['trained', 'imported', 'fitted'])
    .describe('Whether the dictionary was trained here, came with its files, or is a classical decomposition'),
  imported: importedFromSchema.nullable().describe('Where an imported dictionary is from'),
  sweepId: idSchema.nullable().describe('Shared by the runs that were launched together, over the same activations'),
  architecture: runArchitectureSchema,
  nLatents: z.number().int(),
  k: z.number().int().nullable(),
  l1Coefficient: z.number().nullable(),
  architectureOptions: architectureOptionsSchema.describe('What else the architecture was given'),
  preset: presetSchema.nullable(),
  nTokens: z.number().int().nullable().describe('Null, as all values of training, where nothing was trained'),
  batchSize: z.number().int().nullable(),
  learningRate: z.number().nullable(),
  seed: z.number().int(),
  activations: activationSourceSchema,
  storedActivations: storedActivationsSchema.nullable().describe('What a run with activations "store" found and made'),
  status: runStatusSchema,
  desiredState: z.enum(['run', 'pause', 'cancel']),
  stage: runStageSchema,
  progress: progressSchema.nullable(),
  step: z.number().int(),
  nSteps: z.number().int().nullable(),
  latest: z
    .object({
      loss: z.number(),
      fvu: z.number(),
      l0: z.number(),
      deadShare: z.number(),
      tokensPerSecond: z.number().nullable(),
    })
    .nullable(),
  fvuSparkline: z.array(z.number()).describe('At most 40 points of the training FVU'),
  evaluation: evaluationSchema.nullable(),
  nFeatures: z.number().int().describe('Features indexed so far'),
  nLabelled: z.number().int(),
  failure: z
    .object({ code: z.string(), message: z.string(), step: z.number().int().nullable(), retryable: z.boolean() })
    .nullable(),
  resolvedConfig: z.record(z.string(), z.unknown()).describe('Every value used, defaults included'),
  provenance: z
    .object({
      weightsHash: z.string(),
      tokenizerHash: z.string(),
      datasetHash: z.string().nullable(),
      bosPolicy: z.string(),
      contextSize: z.number().int(),
      checkpointHash: z.string().nullable(),
      excludedRows: z.object({ bos: z.number().int(), outlierNorm: z.number().int() }).nullable(),
    })
    .describe('What these numbers rest on'),
  demo: z.boolean(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  lastSeq: z.number().int().describe('Sequence number of the latest event; subscribe after it'),
});
export type Run = z.infer<typeof runSchema>;
export const runListSchema = z.object({ runs: z.array(runSchema) });
export const createdSchema = z.object({ id: idSchema });

export const metricPointSchema = z.object({
  step: z.number().int(),
  tokens: z.number().int(),
  loss: z.number(),
  mse: z.number(),
  fvu: z.number(),
  l0: z.number(),
  l1: z.number(),
  auxLoss: z.number(),
  deadShare: z.number(),
  gradNorm: z.number(),
  learningRate: z.number(),
  tokensPerSecond: z.number().nullable(),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;
export const metricListSchema = z.object({ metrics: z.array(metricPointSchema) });
export const metricsQuerySchema = z.strictObject({
  afterStep: z.coerce.number().int().min(-1).optional(),
  maxPoints: z.coerce.number().int().min(2).max(5000).optional(),
});

export const runEstimateSchema = z.object({
  seconds: z.number(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  nSteps: z.number().int(),
  basis: z.string().describe('What the estimate rests on'),
  breakdown: z.array(z.object({ stage: runStageSchema, seconds: z.number() })),
  storedActivations: z
    .object({
      sizeBytes: z.number().describe('Of the shards that the run would use'),
      presentBytes: z.number().describe('Of those, what is stored already'),
      quotaBytes: z.number().describe('For all sets together; what does not fit is not kept'),
    })
    .describe('With activations "store"; given for "stream" too, to compare'),
});
export type RunEstimate = z.infer<typeof runEstimateSchema>;
