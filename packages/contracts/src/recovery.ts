import { z } from 'zod';
import { generatorSchema } from './synthetic.ts';

const share = z.number();

/** How much of the truth a dictionary has found, on samples that were not trained on. Version 1. */
export const recoverySummarySchema = z.object({
  nSamples: z.number().int(),
  recovery: share.describe(
    'Mean over truths of the signed cosine with its latent, matched one to one over latents that fire; an unmatched truth counts 0',
  ),
  mcc: share.describe('As SAELens: mean absolute cosine, matched one to one over all latents'),
  uniqueness: share.describe('As SAELens: distinct truths that are some latent’s nearest, over all latents'),
  precision: share.describe('As SAELens: mean over all latents of precision against the nearest truth'),
  recall: share.describe('As SAELens: mean over all latents of recall against the nearest truth'),
  f1: share.describe(
    'As SAELens: mean over all latents of the F1 of firing against the nearest truth; a dead latent scores 0',
  ),
  bestMatch: share.describe(
    'Mean over truths of the largest cosine with a latent that fires on more than 1% of samples',
  ),
  bestMatchAbs: share.describe('The same with absolute cosines'),
  mmcsTruths: share.describe('Mean over truths of the largest cosine with any latent that fires'),
  mmcsLatents: share.describe('Mean over latents that fire of the largest cosine with any truth'),
  truthPrecision: share.describe('Mean over truths: share of its latent’s firings at which the truth is active'),
  truthRecall: share.describe('Mean over truths: share of its activity at which its latent fires'),
  trueL0: z.number().describe('Mean number of active truths a sample'),
  l0: z.number().describe('Mean number of active latents a sample'),
  nAlive: z.number().int().describe('Latents that fire on these samples'),
  nFrequent: z.number().int().describe('Latents that fire on more than 1% of them'),
});
export type RecoverySummary = z.infer<typeof recoverySummarySchema>;

/** Of data with classes: how well latents have taken them apart. Purity of a latent: its largest mean activation over a class, as a share
 *  of the sum over the classes. */
export const classPuritySchema = z.object({
  meanPurity: share.describe('Mean over the latents that fire on at least 1% of the samples'),
  worstPurity: share.describe('The least of those'),
  weightedPurity: share.describe('Mean over all latents, weighted by activation'),
  nClassesFound: z.number().int().describe('Classes that a latent firing on at least 1% of the samples stands for'),
});

export type ClassPurity = z.infer<typeof classPuritySchema>;

const measuredDictionarySchema = recoverySummarySchema.extend({
  fvu: z.number().describe('Σ‖x − x̂‖² / Σ‖x − x̄‖² on the same samples'),
  classPurity: classPuritySchema.optional().describe('Where samples have classes'),
});

/** The finished dictionary beside two that learnt nothing: chance matters. */
export const recoverySchema = z.object({
  version: z.literal(1),
  trained: measuredDictionarySchema,
  untrained: measuredDictionarySchema.describe('The same dictionary before its first step'),
  random: measuredDictionarySchema.describe('Random directions with the untrained dictionary’s norms and biases'),
});
export type Recovery = z.infer<typeof recoverySchema>;

/** A point of the live curves, on a fixed sample; step 0 is the untrained dictionary. */
export const recoveryPointSchema = recoverySummarySchema
  .pick({
    recovery: true,
    mcc: true,
    uniqueness: true,
    f1: true,
    bestMatch: true,
    l0: true,
    trueL0: true,
    nAlive: true,
  })
  .extend({ step: z.number().int(), fvu: z.number() });
export type RecoveryPoint = z.infer<typeof recoveryPointSchema>;

export const runRecoverySchema = z.object({
  generator: generatorSchema,
  points: z.array(recoveryPointSchema),
  summary: recoverySchema.nullable().describe('Null until the finished dictionary is measured'),
});
export type RunRecovery = z.infer<typeof runRecoverySchema>;

export const truthRowSchema = z.object({
  index: z.number().int(),
  density: z.number().describe('Share of samples in which it is active'),
  latent: z.number().int().nullable().describe('Matched one to one; null where no latent was left'),
  cosine: z.number().describe('With the matched latent; 0 without one'),
  precision: z.number(),
  recall: z.number(),
  latents: z.array(z.number().int()).describe('Latents of largest absolute cosine, by falling cosine'),
  cosines: z.array(z.number()).describe('Their cosines, signed'),
});
export type TruthRow = z.infer<typeof truthRowSchema>;

export const truthsQuerySchema = z.strictObject({
  from: z.coerce.number().int().min(0).max(4096).optional(),
  limit: z.coerce.number().int().min(1).max(512).optional(),
});
export const truthListSchema = z.object({
  truths: z.array(truthRowSchema).describe('Best found first, those without a latent last'),
  total: z.number().int(),
});
export type TruthList = z.infer<typeof truthListSchema>;

export const truthMatchSchema = z.object({ index: z.number().int(), cosine: z.number() });

export const recoveredSampleSchema = z.object({
  activation: z.number(),
  truths: z.array(z.object({ index: z.number().int(), magnitude: z.number() })).describe('What the sample is made of'),
});

/** What a latent of a synthetic run has to do with the truth. */
export const recoveredFeatureSchema = z.object({
  best: truthMatchSchema.describe('The truth of largest cosine'),
  second: truthMatchSchema.nullable(),
  matched: z.boolean().describe('Whether the one-to-one matching gives this truth to this latent'),
  precision: z.number().describe('Share of its firings at which the truth is active'),
  recall: z.number().describe('Share of the truth’s activity at which it fires'),
  classPurity: z
    .object({ class: z.number().int(), purity: share })
    .nullable()
    .describe('Where samples have classes: the one of largest mean activation, and its share of the sum over classes'),
  samples: z.array(recoveredSampleSchema).describe('On which it fires most strongly'),
});
export type RecoveredFeature = z.infer<typeof recoveredFeatureSchema>;
export const recoveredMarkSchema = recoveredFeatureSchema.pick({ best: true, matched: true });
export type RecoveredMark = z.infer<typeof recoveredMarkSchema>;
