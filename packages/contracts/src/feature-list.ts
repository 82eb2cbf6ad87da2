import { z } from 'zod';
import { exampleSchema, tokenWeightSchema } from './features.ts';
import { textSchema } from './primitives.ts';
import { recoveredMarkSchema } from './recovery.ts';

export const featureRowSchema = z.object({
  index: z.number().int(),
  label: z.string().nullable().describe("The user's label where there is one, else the explainer's"),
  labelSource: z.enum(['user', 'explainer']).nullable(),
  labelScore: z.number().nullable().describe("Score of the explainer's label"),
  starred: z.boolean(),
  density: z.number().describe('Share of indexed tokens on which it fires'),
  maxActivation: z.number(),
  meanActivation: z.number().describe('Mean over the tokens on which it fires'),
  dead: z.boolean(),
  topTokens: z.array(tokenWeightSchema),
  recovered: recoveredMarkSchema.nullable().describe('Of a run on synthetic data: its nearest truth'),
  example: exampleSchema.nullable().describe('The highest peak, cut to a window'),
});
export type FeatureRow = z.infer<typeof featureRowSchema>;

export const featureSortKeys = [
  'index',
  'label',
  'score',
  'density',
  'maxActivation',
  'meanActivation',
  'outputEffect',
] as const;

/** A number in a query string. Blank is none: Number('') would be 0. */
const bound = (max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() === '' ? Number.NaN : value),
    z.coerce.number().min(0).max(max),
  );

/** Ranges by which a list is filtered; both ends belong to them. */
const ranges = [
  ['minDensity', 'maxDensity'],
  ['minScore', 'maxScore'],
  ['minActivation', 'maxActivation'],
] as const;

export const featureQuerySchema = z
  .strictObject({
    sort: z.enum(featureSortKeys).optional().describe('outputEffect: the largest effect on an output token'),
    order: z.enum(['asc', 'desc']).optional(),
    q: textSchema(200).optional().describe('Part of a label or of a token; /…/ is a regular expression over labels'),
    cursor: textSchema(400).optional(),
    limit: z.coerce.number().int().min(1).max(200).optional(),
    dead: z.enum(['true', 'false']).optional(),
    starred: z.enum(['true', 'false']).optional(),
    label: z
      .enum(['user', 'explainer', 'none'])
      .optional()
      .describe("Whose label is shown: the user's, the explainer's, or none"),
    minDensity: bound(1).optional(),
    maxDensity: bound(1).optional(),
    minScore: bound(1).optional().describe('Features without a score are in no range of scores'),
    maxScore: bound(1).optional(),
    minActivation: bound(1e12).optional().describe('Range of the highest activation'),
    maxActivation: bound(1e12).optional(),
  })
  .superRefine((query, context) => {
    for (const [min, max] of ranges) {
      const [low, high] = [query[min], query[max]];
      if (low === undefined || high === undefined || low <= high) continue;
      const message = `${min} is ${low}, above ${max}, ${high}. Swap them, or leave one out.`;
      context.addIssue({ code: 'custom', path: [min], message });
    }
  });
export type FeatureQuery = z.infer<typeof featureQuerySchema>;

/** What of a query says which features are listed, and not in what order or how many at a time. */
export type FeatureFilter = Omit<FeatureQuery, 'sort' | 'order' | 'cursor' | 'limit' | 'q'>;

export const featurePageSchema = z.object({
  features: z.array(featureRowSchema),
  nextCursor: z.string().nullable(),
  total: z.number().int().describe('Features that match'),
});
export type FeaturePage = z.infer<typeof featurePageSchema>;

const histogramSchema = z.object({
  edges: z
    .array(z.number())
    .describe('Ascending, one more than counts; a value at an edge belongs to the bin above it'),
  counts: z.array(z.number().int()),
});
export type FeatureHistogram = z.infer<typeof histogramSchema>;

export const featureDistributionSchema = z.object({
  density: histogramSchema.describe('Bins of equal width on a log scale from 1e-6 to 1; lower densities in the first'),
  score: histogramSchema.describe('Bins of equal width from 0 to 1'),
  maxActivation: histogramSchema.describe("Bins of equal width from 0 to the run's highest activation"),
});
export type FeatureDistribution = z.infer<typeof featureDistributionSchema>;
