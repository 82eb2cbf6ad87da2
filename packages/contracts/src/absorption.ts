import { z } from 'zod';
import { analysisStateSchema, namedFeatureSchema } from './analyses.ts';
import { idSchema, textSchema } from './primitives.ts';

export const conceptSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('firstLetter'),
    letter: z.string().regex(/^[a-zA-Z]$/, 'must be one English letter'),
  }),
  z.strictObject({
    type: z.literal('tokens'),
    tokens: z
      .array(textSchema(100).min(1))
      .min(2)
      .max(500)
      .describe('Words that have the concept, each one token of the model, with or without a space before it'),
  }),
]);
export type AbsorptionConcept = z.infer<typeof conceptSchema>;

export const createAbsorptionSchema = z.strictObject({ concept: conceptSchema });
export type CreateAbsorption = z.infer<typeof createAbsorptionSchema>;

const count = z.number().int();
const sidesSchema = z.object({ positive: count, negative: count });
const confusionSchema = z.object({
  truePositive: count,
  falsePositive: count,
  trueNegative: count,
  falseNegative: count,
});

export const absorptionResultSchema = z.object({
  version: z.literal(1),
  nPositiveTokens: count.describe('Tokens of the vocabulary that have the concept'),
  nNegativeTokens: count,
  unknown: z.array(z.string()).describe('Entries of the list that are no token of this model'),
  nTrain: sidesSchema.describe('Occurrences in the text that the probes learnt from'),
  nTest: sidesSchema.describe(
    'Other occurrences, of other tokens where there are ten or more, that they are judged by',
  ),
  probe: z.object({ f1: z.number(), confusion: confusionSchema }),
  nTruePositives: count.describe('Test occurrences with the concept that the probe finds: the shares are of these'),
  nMainSilent: count.describe('Of those, on which no main latent fires'),
  nFull: count,
  fullRate: z
    .number()
    .nullable()
    .describe(
      'Full absorption: no main latent fires, and the latent with the greatest projection on the probe is aligned with it (cosine ≥ .025) and carries ≥ .4 of the activation’s projection',
    ),
  meanFraction: z
    .number()
    .nullable()
    .describe(
      'Mean absorption fraction: what up to three absorbing latents carry, of what they and the main latents carry',
    ),
});

export type AbsorptionResultView = z.infer<typeof absorptionResultSchema>;

export const absorptionSchema = analysisStateSchema.extend({
  runId: idSchema,
  concept: conceptSchema,
  result: absorptionResultSchema.nullable(),
});
export type Absorption = z.infer<typeof absorptionSchema>;
export const absorptionListSchema = z.object({ absorptions: z.array(absorptionSchema) });

export const absorptionDetailSchema = absorptionSchema.extend({
  main: z
    .array(
      namedFeatureSchema.extend({
        k: count,
        f1: z.number().describe('Of a probe on the first k latents, on occurrences that it did not learn from'),
        isMain: z.boolean().describe('Whether F1 still grew by more than .03 with it'),
        cosine: z.number().describe('Of its decoder row with the probe'),
      }),
    )
    .describe('In the order of the L1 probe that ranks them'),
  absorbers: z.array(namedFeatureSchema.extend({ cosine: z.number(), n: count, tokens: z.array(z.string()) })),
  tokens: z
    .array(
      z.object({
        before: z.string(),
        token: z.string(),
        after: z.string(),
        isFull: z.boolean(),
        mainFires: z.boolean(),
        fraction: z.number(),
        projection: z.number(),
        mainProjection: z.number(),
        strongest: namedFeatureSchema.nullable(),
        strongestProjection: z.number(),
      }),
    )
    .describe('At most 200 true positives, absorbed ones first'),
});
export type AbsorptionDetail = z.infer<typeof absorptionDetailSchema>;
