import { z } from 'zod';
import { analysisStateSchema, namedFeatureSchema, pageQueryFields } from './analyses.ts';

const count = z.number().int();

export const healthResultSchema = z.object({
  version: z.literal(1),
  nTokens: count.describe('Tokens read; special and outlying ones are left out'),
  l0: z
    .object({
      nTokens: count,
      mean: z.number(),
      edges: z.array(z.number()).describe('Bin i holds edges[i] ≤ L0 < edges[i + 1]'),
      counts: z.array(count),
      percentiles: z.object({ p5: count, p50: count, p95: count }),
      max: count,
    })
    .describe('How many latents fire on a token'),
  nLatents: count,
  nSilent: count.describe('Latents that never fired on these tokens'),
  kinds: z.array(
    z.object({
      kind: z.string(),
      nTokens: count,
      meanL0: z.number(),
      nFiringLatents: count,
      nMostlyHere: count.describe('Latents with more than half of their firings in this kind, and 20 or more of them'),
    }),
  ),
  duplicates: z.object({
    threshold: z.number().describe('Cosine that a pair exceeds'),
    nPairs: count,
    nLatents: count.describe('Latents that are in at least one pair'),
  }),
  coActivation: z.object({
    nTokens: count.describe('Tokens on which pairs were counted: fewer than all where very many latents fire'),
    minBoth: count.describe('Common tokens that a pair needs'),
    nPairs: count,
    nBlocks: count,
    blockJaccard: z.number().describe('Jaccard from which a pair joins a block'),
  }),
});
export type HealthResultView = z.infer<typeof healthResultSchema>;

export const runHealthSchema = z.object({
  analysis: analysisStateSchema.nullable().describe('Null: not asked for yet'),
  result: healthResultSchema.nullable(),
});
export type RunHealth = z.infer<typeof runHealthSchema>;

export const healthPageQuerySchema = z.strictObject(pageQueryFields);

export const duplicatePairsSchema = z.object({
  total: count.describe('Pairs kept; result.duplicates.nPairs counts all'),
  pairs: z.array(z.object({ first: namedFeatureSchema, second: namedFeatureSchema, cosine: z.number() })),
});
export type DuplicatePairs = z.infer<typeof duplicatePairsSchema>;

export const coActivationQuerySchema = z.strictObject({
  order: z.enum(['jaccard', 'npmi']).default('jaccard'),
  ...pageQueryFields,
});
export const coActivationPairsSchema = z.object({
  total: count.describe('Pairs kept of this order; result.coActivation.nPairs counts all'),
  pairs: z.array(
    z.object({
      first: namedFeatureSchema,
      second: namedFeatureSchema,
      nBoth: count.describe('Tokens on which both fire'),
      jaccard: z.number().describe('Of the tokens on which one fires, the share on which both do'),
      npmi: z.number().describe('ln(p_ij / (p_i p_j)) / −ln p_ij: 0 is independence, 1 always together'),
    }),
  ),
});
export type CoActivationPairs = z.infer<typeof coActivationPairsSchema>;

export const coActivationBlocksSchema = z.object({
  total: count,
  blocks: z.array(
    z.object({
      size: count,
      nPairs: count,
      features: z.array(namedFeatureSchema).describe('At most 12 of them'),
    }),
  ),
});
export type CoActivationBlocks = z.infer<typeof coActivationBlocksSchema>;

export const kindQuerySchema = z.strictObject({ kind: z.string().max(500), ...pageQueryFields });
export const kindFeaturesSchema = z.object({
  total: count,
  features: z
    .array(
      namedFeatureSchema.extend({
        nFiring: count.describe('Tokens of the kind on which it fires'),
        kindDensity: z.number(),
        share: z.number().describe('Share of all its firings that are in this kind'),
        lift: z.number().describe('Density in this kind / density over all text'),
      }),
    )
    .describe('Those that prefer the kind most, with 20 firings in it or more'),
});
export type KindFeatures = z.infer<typeof kindFeaturesSchema>;
