import { z } from 'zod';
import { featureIndexSchema, idSchema, seedSchema, textSchema } from './primitives.ts';

export const steeringModes = ['add', 'clamp', 'scale', 'ablate'] as const;
export const steeringModeSchema = z
  .enum(steeringModes)
  .describe(
    'add: x + c·m·d · clamp: activation to c·m, the error term kept · scale: activation × c · ablate: activation to 0',
  );
export type SteeringMode = z.infer<typeof steeringModeSchema>;
export const maxSteeringTokens = 200;
export const maxInterventions = 8;

export const interventionSchema = z.strictObject({
  featureIndex: featureIndexSchema,
  mode: steeringModeSchema,
  strength: z
    .number()
    .min(-100)
    .max(100)
    .describe("c, in units of the feature's maximum activation (a factor for scale; unused for ablate)"),
});
export type SteeringIntervention = z.infer<typeof interventionSchema>;

export const createSteeringSchema = z.strictObject({
  runId: idSchema,
  prompt: textSchema(10_000).min(1),
  interventions: z.array(interventionSchema).min(1).max(maxInterventions),
  nTokens: z.number().int().min(1).max(maxSteeringTokens),
  seed: seedSchema,
  temperature: z.number().min(0).max(5).describe('0 is greedy'),
  control: z.boolean().optional().describe('Run a random direction of the same norm beside it (default true)'),
  positions: z
    .enum(['all', 'prompt', 'generated'])
    .optional()
    .describe('Where to intervene (default all; special tokens never)'),
  onlyWhereActive: z
    .boolean()
    .optional()
    .describe('Leave positions alone where the feature does not fire (default false)'),
  name: textSchema(200).min(1).optional(),
});
export type CreateSteering = z.infer<typeof createSteeringSchema>;

export const laneNames = ['baseline', 'steered', 'control'] as const;
export const laneNameSchema = z.enum(laneNames);
export type LaneName = z.infer<typeof laneNameSchema>;

export const laneTokenSchema = z.object({
  tokenId: z.number().int(),
  text: z.string(),
  logProbability: z.number(),
});
export type LaneToken = z.infer<typeof laneTokenSchema>;

export const achievedSchema = z.object({
  featureIndex: z.number().int(),
  requestedMean: z.number().nullable().describe('Mean activation asked for over the steered positions'),
  achievedMean: z.number().describe('Mean activation re-encoded from the changed residual stream'),
  baselineMean: z.number().describe('Mean activation before the change'),
});

export const steeringResultSchema = z.object({
  firstDivergence: z.number().int().nullable().describe('First generated token at which steered and baseline differ'),
  diff: z
    .array(
      z.object({
        op: z.enum(['same', 'replace', 'insert', 'delete']),
        baseline: z.number().int().nullable(),
        steered: z.number().int().nullable(),
      }),
    )
    .describe('Token alignment of the generated tokens: indices into both lanes'),
  achieved: z.array(achievedSchema),
  klPerToken: z
    .array(z.number())
    .describe('KL(clean ‖ steered) in nats at each generated token of the baseline text, teacher-forced'),
  perplexity: z
    .object({ baseline: z.number(), steered: z.number(), control: z.number().nullable() })
    .describe('Of the generated text under the clean model'),
});
export type SteeringResult = z.infer<typeof steeringResultSchema>;

export const steeringExperimentSchema = z.object({
  id: idSchema,
  runId: idSchema,
  name: z.string().nullable(),
  request: createSteeringSchema,
  featureLabels: z.array(
    z.object({ featureIndex: z.number().int(), label: z.string().nullable(), maxActivation: z.number() }),
  ),
  status: z.enum(['running', 'succeeded', 'failed']),
  promptTokens: z.array(z.object({ tokenId: z.number().int(), text: z.string() })),
  lanes: z.object({
    baseline: z.array(laneTokenSchema),
    steered: z.array(laneTokenSchema),
    control: z.array(laneTokenSchema).nullable(),
  }),
  result: steeringResultSchema.nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: z.string(),
  lastSeq: z.number().int(),
});
export type SteeringExperiment = z.infer<typeof steeringExperimentSchema>;
export const steeringListSchema = z.object({
  experiments: z.array(
    steeringExperimentSchema.pick({ id: true, runId: true, name: true, request: true, status: true, createdAt: true }),
  ),
});
