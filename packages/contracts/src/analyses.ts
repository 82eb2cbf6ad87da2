import { z } from 'zod';
import { idSchema } from './primitives.ts';

/** What is computed about finished dictionaries. */
export const analysisKinds = ['comparison', 'health', 'absorption'] as const;
export const analysisKindSchema = z.enum(analysisKinds);
export type AnalysisKind = z.infer<typeof analysisKindSchema>;

/** The job of every analysis. Its retries are few: what it needs is on the disk or it is not. */
export const analysisJob = {
  name: 'analyse',
  schema: z.strictObject({ analysisId: idSchema }),
  heartbeatSeconds: 10,
  retryLimit: 4,
  expireHours: 24,
} as const;

export const analysisStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed']);
export type AnalysisStatus = z.infer<typeof analysisStatusSchema>;

export const analysisProgressSchema = z.object({
  label: z.string().describe('What is being done, as a sentence begins'),
  done: z.number(),
  total: z.number(),
});
export type AnalysisProgress = z.infer<typeof analysisProgressSchema>;

export const analysisFailureSchema = z.object({ code: z.string(), message: z.string() });
export type AnalysisFailure = z.infer<typeof analysisFailureSchema>;

/** Where an analysis stands. Asked for again with the same inputs it is the same one; one that failed is tried again. */
export const analysisStateSchema = z.object({
  id: idSchema,
  status: analysisStatusSchema,
  progress: analysisProgressSchema.nullable(),
  failure: analysisFailureSchema.nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type AnalysisState = z.infer<typeof analysisStateSchema>;

/** A page of a list that is counted. */
export const pageQueryFields = {
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** A feature as lists of an analysis name it. */
export const namedFeatureSchema = z.object({
  index: z.number().int(),
  label: z.string().nullable(),
  truth: z.number().int().nullable().describe('Of a run on synthetic data: the truth of largest cosine'),
  density: z.number().nullable().describe('Firings / tokens of its index; null where the run has no index'),
});
export type NamedFeature = z.infer<typeof namedFeatureSchema>;
