import { z } from 'zod';
import { analysisStateSchema, type NamedFeature, namedFeatureSchema, pageQueryFields } from './analyses.ts';
import { comparisonSideSchema, thresholdField } from './comparisons.ts';
import { idSchema } from './primitives.ts';

export const maxLadderRuns = 5;

/** Dictionaries of the same activations, from the smallest up: each is compared with the next. */
export const createLadderSchema = z.strictObject({ runIds: z.array(idSchema).min(2).max(maxLadderRuns) });
export type CreateLadder = z.infer<typeof createLadderSchema>;

export const ladderQuerySchema = z.strictObject({
  runs: z
    .string()
    .max(40 * maxLadderRuns)
    .describe('Ids of the runs, from the smallest up, separated by commas'),
  threshold: thresholdField,
  onlySplit: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Only features that go into two or more of the next size'),
  ...pageQueryFields,
});
export type LadderQuery = z.infer<typeof ladderQuerySchema>;

export interface LadderNode extends NamedFeature {
  /** With the feature of the size below that it comes from; null at the root. */
  cosine: number | null;
  children: LadderNode[];
}

export const ladderNodeSchema: z.ZodType<LadderNode> = z.object({
  ...namedFeatureSchema.shape,
  cosine: z.number().nullable().describe('With the feature of the size below'),
  get children() {
    return z.array(ladderNodeSchema);
  },
});

export const ladderSchema = z.object({
  sides: z.array(comparisonSideSchema),
  steps: z
    .array(analysisStateSchema.nullable().describe('The comparison of one size with the next; null: not asked for yet'))
    .describe('One fewer than the sizes'),
  counts: z
    .array(
      z.object({
        nSplit: z.number().int().describe('Features of the size below that are the nearest of two or more'),
        nFromBelow: z.number().int().describe('Features of this size whose nearest below is above the threshold'),
        nNew: z.number().int().describe('Features of this size that have none'),
      }),
    )
    .nullable()
    .describe('For each step; null until all comparisons are done. Dead features are left out'),
  total: z.number().int().describe('Features of the smallest size that are listed'),
  roots: z.array(ladderNodeSchema).describe('The smallest size’s features with what they went into; most parts first'),
});
export type Ladder = z.infer<typeof ladderSchema>;
