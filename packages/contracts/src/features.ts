import { z } from 'zod';
import { textSchema } from './primitives.ts';
import { recoveredFeatureSchema, recoveredMarkSchema } from './recovery.ts';

export const exampleBands = ['top', 'q4', 'q3', 'q2', 'q1', 'random', 'nearMiss'] as const;
export const exampleBandSchema = z
  .enum(exampleBands)
  .describe(
    'top: highest peaks; q4 … q1: quarters of the firing peaks, highest first; random: any firing; nearMiss: silent, but nearly fired',
  );
export type ExampleBand = z.infer<typeof exampleBandSchema>;

export const exampleSchema = z.object({
  band: exampleBandSchema,
  contextIndex: z.number().int(),
  documentName: z.string(),
  documentKind: z.string(),
  tokens: z.array(z.string()),
  firstPosition: z
    .number()
    .int()
    .describe('Position in the context of tokens[0]; more than 0 where the context is cut to a window'),
  contextLength: z.number().int(),
  peakPosition: z.number().int(),
  peak: z.number().describe('Highest activation; for a near miss, the highest pre-activation'),
  activations: z.array(z.tuple([z.number().int(), z.number()])).describe('[position, activation], zero elsewhere'),
});
export type Example = z.infer<typeof exampleSchema>;
export const exampleListSchema = z.object({ examples: z.array(exampleSchema) });
export const examplesQuerySchema = z.strictObject({ band: exampleBandSchema.optional() });

export const tokenWeightSchema = z.object({ tokenId: z.number().int(), text: z.string(), value: z.number() });
export type TokenWeight = z.infer<typeof tokenWeightSchema>;

export const labelSchema = z.object({
  status: z.enum(['scored', 'failed']),
  text: z.string().nullable(),
  explainer: z.string().describe('Which explainer wrote it'),
  predicate: z.unknown().nullable().describe('The executable form of the label'),
  score: z.number().nullable().describe('Balanced accuracy on examples that the explainer did not see: .5 is chance'),
  interval: z.tuple([z.number(), z.number()]).nullable().describe('95% interval of the score'),
  confusion: z
    .object({
      truePositive: z.number().int(),
      falseNegative: z.number().int(),
      trueNegative: z.number().int(),
      falsePositive: z.number().int(),
    })
    .nullable(),
  nExplain: z.number().int().describe('Examples the explainer saw'),
  nScore: z.number().int().describe('Other examples it was scored on'),
  reason: z.string().nullable().describe('Why it failed, when it did'),
  createdAt: z.string(),
});
export type Label = z.infer<typeof labelSchema>;

export const featureDetailSchema = z.object({
  runId: z.string(),
  index: z.number().int(),
  dead: z.boolean(),
  starred: z.boolean(),
  density: z.number(),
  nFiring: z.number().int(),
  nIndexedTokens: z.number().int(),
  maxActivation: z.number(),
  meanActivation: z.number(),
  histogram: z
    .object({ edges: z.array(z.number()), counts: z.array(z.number().int()) })
    .describe('Firing activations, equal-width bins from 0 to the maximum'),
  quantileBorders: z
    .array(z.number())
    .describe('Borders of the four quarters of the firing peaks, ascending: 5 values'),
  topTokens: z
    .array(tokenWeightSchema)
    .describe('Output tokens that the direction raises most (logit effect, mean-centred)'),
  bottomTokens: z.array(tokenWeightSchema),
  neighbours: z.array(
    z.object({
      index: z.number().int(),
      cosine: z.number(),
      label: z.string().nullable(),
      recovered: recoveredMarkSchema.nullable(),
    }),
  ),
  label: labelSchema.nullable(),
  userLabel: z.object({ text: z.string(), updatedAt: z.string() }).nullable(),
  recovered: recoveredFeatureSchema.nullable().describe('Of a run on synthetic data: the truth it found'),
  exampleCounts: z.record(exampleBandSchema, z.number().int()),
  previousIndex: z.number().int().nullable(),
  nextIndex: z.number().int().nullable(),
});
export type FeatureDetail = z.infer<typeof featureDetailSchema>;

export const userLabelSchema = z.strictObject({ text: textSchema(500).describe('Empty removes the label') });

export const starSchema = z.strictObject({ starred: z.boolean() });

export const activationsRequestSchema = z.strictObject({
  text: textSchema(20_000).min(1),
  featureIndex: z.number().int().min(0).optional().describe('Only this feature, at every token'),
});
export const activationsResponseSchema = z.object({
  tokens: z.array(
    z.object({
      tokenId: z.number().int(),
      text: z.string(),
      special: z.boolean(),
      features: z.array(z.object({ index: z.number().int(), activation: z.number(), label: z.string().nullable() })),
    }),
  ),
  maxActivation: z.number().nullable().describe("The asked feature's maximum in the index: the colour scale's end"),
});
export type ActivationsResponse = z.infer<typeof activationsResponseSchema>;
