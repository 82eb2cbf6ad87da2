import { z } from 'zod';
import { activationSourceSchema } from './activations.ts';
import { idSchema, seedSchema, textSchema } from './primitives.ts';

/** Classical decompositions, fitted on a model's activations instead of trained. */
export const decompositionKinds = ['pca', 'ica', 'nmf', 'random', 'neurons', 'meanDifference', 'cav'] as const;
export const decompositionKindSchema = z.enum(decompositionKinds);
export type DecompositionKind = z.infer<typeof decompositionKindSchema>;

export const minConceptExamples = 4;
export const maxConceptExamples = 200;
const maxExampleLength = 2_000;

const commonFields = {
  source: z.literal('model').optional(),
  modelId: idSchema,
  hookName: textSchema(200).describe('TransformerLens hook name; its activations are decomposed'),
  datasetId: idSchema,
  nTokens: z
    .number()
    .int()
    .min(1_000)
    .max(10_000_000)
    .describe('Training activations that it is fitted on, one a token; at most those of the dataset, once'),
  seed: seedSchema,
  activations: activationSourceSchema.optional(),
  name: textSchema(200).min(1).optional(),
  sweepId: idSchema.optional().describe('A sweep on the same model, hook and dataset, whose table it is to stand in'),
};

const keptField = z
  .number()
  .int()
  .min(1)
  .max(4096)
  .optional()
  .describe('Keep only the k values of largest magnitude of each token, as TopK does; left out: all');

const exampleSchema = textSchema(maxExampleLength).refine((text) => text.trim() !== '', {
  message: 'must not be empty',
});
const examplesSchema = (what: string) =>
  z.array(exampleSchema).min(minConceptExamples).max(maxConceptExamples).describe(what);

const conceptFields = {
  positiveExamples: examplesSchema('Texts that show the concept'),
  negativeExamples: examplesSchema('Texts that do not, as like the others as can be'),
  pooling: z
    .enum(['mean', 'last'])
    .describe(
      'What stands for a text: the mean of its activations, beginning-of-text left out, or that of its last token',
    ),
};

export const tcavRequestSchema = z.strictObject({
  inputs: examplesSchema('Texts of the class: each ends where the model is to go on'),
  targets: z
    .array(textSchema(100).min(1))
    .min(1)
    .max(20)
    .describe('Words as they would go on, a leading space included; of each the first token counts'),
  nRepeats: z.number().int().min(5).max(100).describe('CAVs on resampled examples, and random CAVs beside them'),
});

const kinds = [
  z.strictObject({
    ...commonFields,
    architecture: z.literal('pca'),
    nComponents: z.number().int().min(1).max(4096).describe('Components of largest variance'),
    k: keptField,
  }),
  z.strictObject({
    ...commonFields,
    architecture: z.literal('ica'),
    nComponents: z.number().int().min(2).max(1024).describe('Sources, sought among as many principal components'),
    k: keptField,
  }),
  z.strictObject({
    ...commonFields,
    architecture: z.literal('nmf'),
    nComponents: z.number().int().min(1).max(1024).describe('A token is encoded in time with their square'),
    signs: z
      .enum(['refuse', 'split'])
      .describe('Where activations are negative: fail and say so, or factorise [max(x, 0), max(−x, 0)]'),
  }),
  z.strictObject({
    ...commonFields,
    architecture: z.literal('random'),
    nDirections: z.number().int().min(1).max(65_536).describe('Unit vectors, uniform on the sphere'),
    k: keptField,
  }),
  z.strictObject({
    ...commonFields,
    architecture: z.literal('neurons'),
    k: keptField,
  }),
  z.strictObject({ ...commonFields, ...conceptFields, architecture: z.literal('meanDifference') }),
  z.strictObject({
    ...commonFields,
    ...conceptFields,
    architecture: z.literal('cav'),
    regularization: z
      .number()
      .min(1e-6)
      .max(1e6)
      .describe('C of the logistic regression: smaller is smoother. On rows whose mean squared norm is their width'),
    tcav: tcavRequestSchema.optional(),
  }),
] as const;

/** A run that is fitted. What the hook's width decides, such as the most components, the server checks. */
export const createDecompositionSchema = z.discriminatedUnion('architecture', kinds).superRefine((run, context) => {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if ('k' in run && run.k !== undefined) {
    const most = run.architecture === 'random' ? run.nDirections : 'nComponents' in run ? run.nComponents : run.k;
    if (run.k > most) refuse('k', `k is ${run.k}; it must not exceed the ${most} components`);
  }
  if ('nComponents' in run && run.nTokens < 2 * run.nComponents)
    refuse(
      'nTokens',
      `nTokens is ${run.nTokens}; ${run.nComponents} components need at least ${2 * run.nComponents}, twice as many`,
    );
});
export type CreateDecomposition = z.infer<typeof createDecompositionSchema>;

const heldOutAccuracySchema = z.object({
  balancedAccuracy: z.number().describe('Mean of the shares of positive and of negative examples classified rightly'),
  nPositive: z.number().int(),
  nPositiveRight: z.number().int(),
  nNegative: z.number().int(),
  nNegativeRight: z.number().int(),
  nFolds: z.number().int().describe('Each example is classified by a direction that was found without its fold'),
});

export const tcavResultSchema = z.object({
  score: z.number().describe('Share of the inputs whose log-probability of the targets grows along the CAV'),
  meanDerivative: z.number().describe('Nats for a step as long as a mean activation, extrapolated from a small one'),
  stepShare: z.number().describe('Length of the finite-difference step over the mean norm of the activations'),
  targets: z.array(z.object({ word: z.string(), tokenId: z.number().int(), token: z.string() })),
  inputs: z.array(z.object({ text: z.string(), derivative: z.number(), logProbability: z.number() })),
  conceptScores: z.array(z.number()).describe('Of CAVs on resampled examples'),
  randomScores: z.array(z.number()).describe('Of CAVs between random texts, as many and as long as the examples'),
  conceptMean: z.number(),
  randomMean: z.number(),
  t: z.number().nullable().describe("Welch's t, concept against random; null where neither varies"),
  pValue: z.number().describe('Two-sided'),
});
export type TcavResult = z.infer<typeof tcavResultSchema>;

/** What fitting found. */
export const decompositionResultSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('pca'),
    nRows: z.number().int(),
    varianceShares: z.array(z.number()).describe('Share of the variance along each component of the whole basis'),
    totalVariance: z.number(),
  }),
  z.object({
    kind: z.literal('ica'),
    nRows: z.number().int().describe('Rows that the sources were sought in'),
    varianceShares: z.array(z.number()).describe('Share of the variance that each source carries'),
    whitenedShare: z.number().describe('Share of the variance in the principal components that were whitened'),
    nIterations: z.number().int(),
    converged: z.boolean(),
  }),
  z.object({
    kind: z.literal('nmf'),
    nRows: z.number().int(),
    splitsSigns: z.boolean(),
    negativeShare: z.number().describe('Share of the activations that are below 0'),
    relativeError: z.number().describe('‖X − CH‖ / ‖X‖ on the rows it was fitted on'),
    nIterations: z.number().int(),
    converged: z.boolean(),
  }),
  z.object({
    kind: z.literal('random'),
    nRows: z.number().int(),
    gain: z.number().describe('What every activation is multiplied by, the best single factor on these rows'),
  }),
  z.object({ kind: z.literal('neurons'), nRows: z.number().int() }),
  z.object({
    kind: z.enum(['meanDifference', 'cav']),
    nRows: z.number().int().describe('Rows behind the mean activation'),
    heldOut: heldOutAccuracySchema,
    nTruncated: z.number().int().describe('Texts that were cut to the context'),
    tcav: tcavResultSchema.nullable(),
  }),
]);
export type DecompositionResult = z.infer<typeof decompositionResultSchema>;

/** What a fitted run keeps: the request, and the result once there is one. */
export const decompositionSchema = z.object({
  request: createDecompositionSchema,
  result: decompositionResultSchema.nullable(),
});
export type Decomposition = z.infer<typeof decompositionSchema>;
