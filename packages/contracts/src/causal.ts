import { z } from 'zod';
import { idSchema, seedSchema } from './primitives.ts';

/** Causal checks: what the model loses when a feature is clamped to 0 and everything else, the dictionary's error included, stays.
 *  Changes are cross-entropy with the feature off less cross-entropy as it is, in nats a token: above 0 the model got worse. */

export const maxCheckContexts = 30;
export const maxCheckNulls = 20;
export const createFeatureCheckSchema = z.strictObject({
  nContexts: z
    .number()
    .int()
    .min(2)
    .max(maxCheckContexts)
    .default(24)
    .describe('Contexts in which the feature fires, drawn from every quarter of its activations'),
  nNulls: z
    .number()
    .int()
    .min(0)
    .max(maxCheckNulls)
    .default(8)
    .describe('Random features that fire about as often, and as many random directions of the same length'),
  seed: seedSchema.default(1),
});
export type CreateFeatureCheck = z.infer<typeof createFeatureCheckSchema>;

export const maxRankedFeatures = 256;
export const maxRankingContexts = 1024;
export const createRankingSchema = z.strictObject({
  nFeatures: z
    .number()
    .int()
    .min(1)
    .max(maxRankedFeatures)
    .default(32)
    .describe('Features to try: those that write most, by density times mean activation'),
  nContexts: z.number().int().min(5).max(maxRankingContexts).default(48).describe('Held-out contexts, drawn at random'),
  seed: seedSchema.default(1),
});
export type CreateRanking = z.infer<typeof createRankingSchema>;

export const effectSchema = z.object({
  mean: z.number().describe('Mean change, nats a token'),
  interval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe('95%, bootstrap over contexts (percentile, 2,000 resamples); null for fewer than five contexts'),
  nTokens: z.number().int(),
  nContexts: z.number().int(),
});
export type Effect = z.infer<typeof effectSchema>;

const firingEffects = {
  atFiring: effectSchema.describe('Over the tokens on which the feature fires'),
  inContext: effectSchema.describe('Over all tokens of the contexts in which it fires'),
};

export const hurtTokenSchema = z.object({
  contextIndex: z.number().int(),
  documentName: z.string(),
  tokens: z.array(z.string()).describe('The token with what stands around it'),
  focus: z.number().int().describe('Index in tokens of the one that is predicted worse'),
  activations: z
    .array(z.tuple([z.number().int(), z.number()]))
    .describe('[index in tokens, activation], zero elsewhere'),
  change: z.number().describe('Nats'),
  ceClean: z.number(),
  ceClamped: z.number(),
});
export type HurtToken = z.infer<typeof hurtTokenSchema>;

export const featureCheckResultSchema = z.object({
  feature: z.object(firingEffects),
  ceClean: z
    .object({ atFiring: z.number(), inContext: z.number() })
    .describe('Of the unchanged model on the same tokens'),
  silent: z.object({
    ...effectSchema.shape,
    largestChange: z.number().describe('Over the contexts in which it does not fire: 0 but for a fault'),
  }),
  hurt: z.array(hurtTokenSchema).describe('The tokens that lose most'),
  peers: z.array(z.object({ featureIndex: z.number().int(), density: z.number(), ...firingEffects })),
  directions: z.array(z.object(firingEffects)).describe('Pushed as far along a random direction, at the same tokens'),
});
export type FeatureCheckResult = z.infer<typeof featureCheckResultSchema>;

const costs = {
  onAllText: effectSchema.describe('Over all tokens of all contexts, those without the feature included'),
  atFiring: effectSchema.describe('Over the tokens on which it fires'),
};
export const rankingResultSchema = z.object({
  nContexts: z.number().int(),
  nTokens: z.number().int(),
  ceClean: z.number(),
  features: z
    .array(
      z.object({
        featureIndex: z.number().int(),
        density: z.number(),
        ...costs,
        direction: z.object(costs).describe('Pushed as far along a random direction, at the same tokens'),
        peer: z
          .object({ featureIndex: z.number().int(), density: z.number(), ...costs })
          .nullable()
          .describe('A random feature that fires about as often'),
        worst: hurtTokenSchema.nullable(),
      }),
    )
    .describe('The costliest on all text first'),
});
export type RankingResult = z.infer<typeof rankingResultSchema>;

export const causalStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type CausalStatus = z.infer<typeof causalStatusSchema>;

const checkFields = {
  id: idSchema,
  runId: idSchema,
  status: causalStatusSchema,
  progress: z.object({ done: z.number(), total: z.number() }).nullable().describe('Passes through the model'),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
};
export const featureCheckSchema = z.object({
  ...checkFields,
  kind: z.literal('feature'),
  featureIndex: z.number().int(),
  request: createFeatureCheckSchema,
  result: featureCheckResultSchema.nullable(),
});
export type FeatureCheck = z.infer<typeof featureCheckSchema>;
export const rankingSchema = z.object({
  ...checkFields,
  kind: z.literal('run'),
  request: createRankingSchema,
  result: rankingResultSchema.nullable(),
  labels: z.record(z.string(), z.string()).describe('Labels of the ranked features, by index'),
});
export type Ranking = z.infer<typeof rankingSchema>;

/** Newest first. */
export const featureCheckListSchema = z.object({ checks: z.array(featureCheckSchema) });
export const rankingListSchema = z.object({ rankings: z.array(rankingSchema) });

export const causalEstimateSchema = z.object({
  nPasses: z.number().int().describe('Passes of one context through the model or a part of it'),
  seconds: z.number(),
  basis: z.string().describe('What the estimate rests on'),
});
export type CausalEstimate = z.infer<typeof causalEstimateSchema>;

/** The queue's job that ranks a run's features. It is none of a run's stages: the run goes on, or has ended, whatever becomes of it. */
export const rankingJob = {
  name: 'rank-features',
  schema: z.strictObject({ checkId: idSchema }),
  heartbeatSeconds: 10,
  retryLimit: 5,
  expireHours: 24,
} as const;
