import { z } from 'zod';

const edgesAndCounts = { edges: z.array(z.number()), counts: z.array(z.number().int()) };

/** The reconstruction replaces every position and every position counts, special ones too: for comparison with SAELens and SAEBench. */
const everyPositionSchema = z.object({
  nTokens: z.number().int(),
  ceClean: z.number(),
  ceSpliced: z.number(),
  ceZeroAblated: z.number(),
  ceRecoveredZero: z.number().nullable(),
  deltaCe: z.number(),
  nKlTokens: z.number().int(),
  kl: z.number(),
  top1Agreement: z.number(),
});

const decoderHealthSchema = z.object({
  histogram: z.object(edgesAndCounts).describe('Latents by their greatest |cos| with another decoder row, from 0 to 1'),
  medianCosine: z.number(),
  largestCosine: z.number(),
  shareAbove90: z.number().describe('Share of latents with a |cos| above .9 to another'),
});

/** Held-out evaluation. Definitions: every field's description. The CE and KL figures are null at a hook where the
 *  reconstruction cannot be put in place, a recovered share also where the ablation does no harm. Version 1 had none of the fields
 *  that may be missing; its KL was over positions with a next token only, and its dead share over nTokens. */
export const evaluationSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]).describe('Of these definitions'),
  nTokens: z.number().int().describe('Held-out tokens, special positions excluded'),
  fvu: z.number().describe('Σ‖x − x̂‖² / Σ‖x − x̄‖² over all rows; x̄ is the mean activation'),
  fvuWithExcluded: z.number().nullable().describe('FVU with BOS and outlier-norm rows left in'),
  explainedVariance: z.number().describe('1 − FVU'),
  mse: z.number().describe('Mean over rows of Σ(x − x̂)²'),
  l0: z.number().describe('Mean number of active latents a token'),
  l1: z.number().describe('Mean sum of latent activations a token'),
  cosine: z.number().describe('Mean cosine between x and x̂'),
  l2Ratio: z.number().describe('Mean ‖x̂‖ / ‖x‖: below 1 is shrinkage'),
  relativeReconstructionBias: z.number().describe('E‖x̂‖² / E[x·x̂]'),
  deadShare: z.number().describe('Share of latents silent on nFiringTokens held-out tokens'),
  nFiringTokens: z
    .number()
    .int()
    .nullish()
    .describe('Held-out tokens behind deadShare and densityHistogram: 1 M where there are that many'),
  densityHistogram: z
    .object({ log10Edges: z.array(z.number()), counts: edgesAndCounts.counts })
    .describe('Latents by log10 of firings / tokens; silent ones are in no bin'),
  decoderHealth: decoderHealthSchema.nullish(),
  ceClean: z.number().nullable().describe("The model's own cross-entropy, nats a token"),
  ceSpliced: z.number().nullable().describe('Cross-entropy with the reconstruction in place of the activation'),
  ceZeroAblated: z.number().nullable(),
  ceMeanAblated: z.number().nullable(),
  ceRecoveredMean: z.number().nullable().describe('(CE mean-ablated − CE spliced) / (CE mean-ablated − CE clean)'),
  ceRecoveredZero: z.number().nullable().describe('The same against zero ablation, which flatters'),
  deltaCe: z.number().nullable().describe('CE spliced − CE clean, nats'),
  kl: z.number().nullable().describe('KL(clean ‖ spliced), nats a token'),
  top1Agreement: z.number().nullish().describe('Share of tokens with the same likeliest next token, clean and spliced'),
  nSplicedTokens: z.number().int().describe('Tokens behind the CE figures'),
  nKlTokens: z.number().int().nullish().describe('Tokens behind KL and agreement: the last of each context too'),
  everyPosition: everyPositionSchema
    .nullish()
    .describe(
      'As SAELens (exclude_special_tokens=False) and SAEBench compute it: special positions are replaced and counted too',
    ),
  excludedRows: z
    .object({ special: z.number().int(), outlierNorm: z.number().int() })
    .nullish()
    .describe('Rows of the same text that were left out'),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
