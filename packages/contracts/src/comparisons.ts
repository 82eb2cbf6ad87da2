import { z } from 'zod';
import { analysisStateSchema, namedFeatureSchema, pageQueryFields } from './analyses.ts';
import { runArchitectureSchema } from './architectures.ts';
import { idSchema } from './primitives.ts';

/** A dictionary: the finished one of a run, or that of a checkpoint. */
export const dictionaryChoiceSchema = z.strictObject({
  runId: idSchema,
  step: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('A checkpoint that is still stored; absent: the finished dictionary'),
});
export type DictionaryChoice = z.infer<typeof dictionaryChoiceSchema>;

export const createComparisonSchema = z.strictObject({ a: dictionaryChoiceSchema, b: dictionaryChoiceSchema });
export type CreateComparison = z.infer<typeof createComparisonSchema>;

/** Pairs count as matched above these cosines. */
export const matchThresholds = [0.7, 0.9] as const;

const matchSummarySchema = z.object({
  nA: z.number().int(),
  nB: z.number().int(),
  nPairs: z.number().int(),
  meanCosine: z.number().nullable(),
  above: z
    .array(
      z.object({
        cosine: z.number(),
        nPairs: z.number().int(),
        shareOfA: z.number().describe('Pairs above the cosine / latents of A'),
        shareOfB: z.number().describe('Pairs above the cosine / latents of B'),
      }),
    )
    .describe('Strictly above'),
  histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) }).describe('Pairs by cosine'),
});

export const comparisonResultSchema = z.object({
  version: z.literal(1),
  method: z
    .enum(['hungarian', 'mutualNearest'])
    .describe(
      'hungarian: the pairs of greatest total cosine, up to 4,096 latents; mutualNearest: pairs that are each other’s nearest',
    ),
  width: z.number().int().describe('Values of a decoder row'),
  all: matchSummarySchema.describe('All latents of both'),
  alive: matchSummarySchema
    .nullable()
    .describe('Latents that fire on the text of their index; null where a side has no index'),
  random: matchSummarySchema.describe('A against as many random directions as B has latents: what chance gives'),
});
export type ComparisonResult = z.infer<typeof comparisonResultSchema>;

/** Of which activations a dictionary is. */
const placeFields = {
  modelName: z.string().describe('Empty for synthetic data'),
  hookName: z.string(),
  world: z.string().nullable().describe('What the samples of synthetic data are'),
  place: z.string().describe('Equal for dictionaries of the same activations'),
};

export const comparisonSideSchema = z.object({
  runId: idSchema,
  runName: z.string(),
  step: z.number().int().nullable().describe('Of a checkpoint; null: the finished dictionary'),
  ...placeFields,
  architecture: runArchitectureSchema,
  nLatents: z.number().int(),
  seed: z.number().int(),
  hasFeatures: z.boolean().describe('Whether its features can be opened'),
});
export type ComparisonSide = z.infer<typeof comparisonSideSchema>;

export const fates = ['stable', 'split', 'shared', 'lost'] as const;
export const fateSchema = z
  .enum(fates)
  .describe(
    'stable: its partner is above the threshold · split: the nearest of two or more on the other side · shared: near one that is paired with another · lost (of B: new): nothing on the other side is as near',
  );
export type ComparisonFate = z.infer<typeof fateSchema>;

const fateCountsSchema = z.object({
  stable: z.number().int(),
  split: z.number().int(),
  shared: z.number().int(),
  lost: z.number().int(),
  dead: z.number().int().describe('Never fired on the text of the index; in no other count'),
});
export type FateCounts = z.infer<typeof fateCountsSchema>;

export const thresholdField = z.coerce.number().min(0.1).max(0.99).default(0.7);

export const comparisonSchema = analysisStateSchema.extend({
  a: comparisonSideSchema,
  b: comparisonSideSchema,
  result: comparisonResultSchema.nullable(),
  fates: z
    .object({ threshold: z.number(), a: fateCountsSchema, b: fateCountsSchema })
    .nullable()
    .describe('At the threshold asked for'),
});
export type Comparison = z.infer<typeof comparisonSchema>;
export const comparisonQuerySchema = z.strictObject({ threshold: thresholdField });

export const comparisonListSchema = z.object({
  comparisons: z.array(comparisonSchema.omit({ fates: true })),
});

export const comparisonFeaturesQuerySchema = z.strictObject({
  side: z.enum(['a', 'b']).default('a'),
  fate: fateSchema,
  threshold: thresholdField,
  ...pageQueryFields,
});
export type ComparisonFeaturesQuery = z.infer<typeof comparisonFeaturesQuerySchema>;

export const partnerSchema = namedFeatureSchema.extend({ cosine: z.number() });
export const comparedFeatureSchema = namedFeatureSchema.extend({
  partners: z
    .array(partnerSchema)
    .describe('Of the other side. stable: its pair · split: its parts, nearest first · shared and lost: the nearest'),
});
export type ComparedFeature = z.infer<typeof comparedFeatureSchema>;
export const comparedFeaturesSchema = z.object({
  total: z.number().int(),
  features: z
    .array(comparedFeatureSchema)
    .describe('stable: by falling cosine · split: by parts · shared and lost: the most active first'),
});
export type ComparedFeatures = z.infer<typeof comparedFeaturesSchema>;

/** Which dictionaries can be compared with one, and why others cannot. */
export const comparableRunSchema = z.object({
  runId: idSchema,
  name: z.string(),
  ...placeFields,
  architecture: runArchitectureSchema,
  nLatents: z.number().int(),
  seed: z.number().int(),
  hasDictionary: z.boolean().describe('Whether it has a finished dictionary'),
  checkpoints: z.array(z.number().int()).describe('Steps of stored checkpoints, newest first'),
  relation: z
    .enum(['samePlace', 'sameWidth', 'none'])
    .describe(
      'samePlace: the same activations · sameWidth: other rows of the same length, which need not mean the same',
    ),
  reason: z.string().nullable().describe('Why it cannot be compared'),
});
export type ComparableRun = z.infer<typeof comparableRunSchema>;
export const comparableRunsSchema = z.object({ runs: z.array(comparableRunSchema) });
export const comparableRunsQuerySchema = z.strictObject({
  with: idSchema.optional().describe('The run to compare with; absent: which runs have something to compare'),
});
