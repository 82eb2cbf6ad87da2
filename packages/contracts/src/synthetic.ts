import { z } from 'zod';
import { architectures } from './architectures.ts';
import type { CreateDecomposition } from './decompositions.ts';
import { seedSchema } from './primitives.ts';
import { type CreateRun, createAnyRunSchema, createRunSchema } from './runs.ts';

const limits = {
  /** Values of a finite training set, and of the truths: 128 MB. */
  heldValues: 2 ** 25,
  /** Pairs of a truth and a latent, of which several numbers are held each. */
  pairs: 2 ** 24,
  /** nTruths² · dModel, which is what pushing the truths apart takes 800 times. */
  orthogonalising: 2 ** 31,
  /** Weights of the toy model of superposition, and of the classifier, which are trained in seconds in plain JavaScript. */
  toyWeights: 2 ** 10,
  classifierWeights: 2 ** 14,
  /** Truths active in a sample, on average. */
  fewestActive: 0.1,
} as const;

const activitySchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('range'),
      min: z.number().int().min(0).max(4096),
      max: z.number().int().min(1).max(4096),
    }),
    z.strictObject({
      kind: z.literal('independent'),
      probability: z.number().min(1e-6).max(1),
      decay: z
        .number()
        .min(0)
        .max(3)
        .default(0)
        .describe('Truth i, from 0, fires with probability · (i + 1)^−decay; 0: all alike'),
    }),
  ])
  .describe('range: min to max truths, drawn without replacement. independent: each truth by itself');

const magnitudeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('uniform'),
      min: z.number().min(0).max(1e6),
      max: z.number().positive().max(1e6),
    }),
    z.strictObject({
      kind: z.literal('normal'),
      mean: z.number().positive().max(1e6),
      deviation: z.number().min(0).max(1e6),
    }),
  ])
  .describe('Of an active truth; a normal one is floored at 0');

const correlationSchema = z
  .strictObject({
    groupSize: z.number().int().min(2).max(4096),
    strength: z.number().min(0).max(0.999),
  })
  .describe(
    'Truths of a group (neighbours by number) tend to fire together; strength is the correlation of the normals behind them, and probabilities stay as they are',
  );

const hierarchySchema = z
  .strictObject({
    nRoots: z.number().int().min(1).max(4096),
    nChildren: z.number().int().min(1).max(64),
    depth: z.number().int().min(1).max(16).describe('Levels below the roots'),
    childProbability: z.number().min(0).max(1).describe('That a child fires, given that its parent does'),
    exclusive: z.boolean().default(false).describe('At most one child of a parent fires'),
  })
  .describe('Truths form trees, filled level by level; a child fires only with its parent');

const nSamplesSchema = z
  .number()
  .int()
  .min(100)
  .max(10_000_000)
  .nullable()
  .default(null)
  .describe('Training samples there are, which training repeats; null: every sample is new');

/** What every generator has. */
const anyGenerator = {
  nSamples: nSamplesSchema,
  nEvaluationSamples: z
    .number()
    .int()
    .min(1000)
    .max(200_000)
    .default(10_000)
    .describe('Fresh samples that the finished dictionary is measured on'),
  seed: seedSchema.default(0).describe('Of truths and samples; the run has a seed of its own for its weights'),
};

type Issues = [path: string[], message: string][];
const refusing =
  <T>(issuesOf: (generator: T) => Issues) =>
  (generator: T, context: z.core.$RefinementCtx<T>) => {
    for (const [path, message] of issuesOf(generator)) context.addIssue({ code: 'custom', path, message });
  };

const sumsSchema = z
  .strictObject({
    kind: z.literal('sums').optional(),
    nTruths: z.number().int().min(2).max(4096).describe('Directions that the samples are made of'),
    dModel: z.number().int().min(2).max(1024).describe('Values of a sample'),
    directions: z
      .enum(['random', 'orthogonalised'])
      .default('random')
      .describe('Uniformly random unit vectors, or those pushed apart as SAELens does by default'),
    activity: activitySchema,
    magnitude: magnitudeSchema,
    correlation: correlationSchema.nullable().default(null),
    hierarchy: hierarchySchema.nullable().default(null),
    ...anyGenerator,
  })
  .superRefine(refusing(sumsIssues));

const superpositionSchema = z
  .strictObject({
    kind: z.literal('superposition'),
    nTruths: z.number().int().min(2).max(1024).describe('Features of the toy model, of which it may keep fewer'),
    dModel: z.number().int().min(2).max(512).describe('Its dimensions, the values of a sample'),
    sparsity: z.number().min(0).max(0.999).describe('Probability that a feature is 0 in a sample'),
    importanceDecay: z.number().min(0.01).max(1).default(1).describe('Feature i, from 0, has importance decay^i'),
    leastMagnitude: z.number().min(0).max(1).default(0).describe('An active feature is U(leastMagnitude, 1)'),
    output: z
      .enum(['relu', 'linear'])
      .default('relu')
      .describe('Only with relu it packs more features than dimensions'),
    ...anyGenerator,
  })
  .superRefine(refusing(superpositionIssues));

const classesSchema = z
  .strictObject({
    kind: z.literal('classes'),
    nClasses: z.number().int().min(2).max(64).describe('Clusters of points; each is a truth'),
    nInputs: z.number().int().min(2).max(512).describe('Values of a point'),
    nHidden: z.number().int().min(2).max(1024).describe('Hidden units of the classifier, the values of a sample'),
    deviation: z.number().min(0).max(10).describe('Of a point around its centre, in each value; centres have length 1'),
    ...anyGenerator,
  })
  .superRefine(refusing(classesIssues));

export const generatorSchema = z
  .discriminatedUnion('kind', [sumsSchema, superpositionSchema, classesSchema])
  .describe(
    'What samples are. Without a kind, or sums: sparse sums of known directions. superposition: hidden vectors of a toy model of superposition. classes: hidden activations of a classifier of clustered points',
  );
export type Generator = z.infer<typeof generatorSchema>;
export type SumsGenerator = z.infer<typeof sumsSchema>;

/** Truths that a generator has at most, and values of its samples. */
export function generatorShape(generator: Generator): { nTruths: number; dModel: number } {
  if (generator.kind === 'classes') return { nTruths: generator.nClasses, dModel: generator.nHidden };
  return { nTruths: generator.nTruths, dModel: generator.dModel };
}

/** What a generator makes, in a few words: “512 truths in 256 dimensions”. */
export function generatorWords(generator: Generator): string {
  const { nTruths, dModel } = generatorShape(generator);
  if (generator.kind === 'classes') return `${nTruths} classes in ${dModel} hidden units`;
  if (generator.kind === 'superposition') return `${nTruths} features superposed in ${dModel} dimensions`;
  return `${nTruths} truths in ${dModel} dimensions`;
}

function superpositionIssues({ nTruths, dModel, nSamples }: Superposition): Issues {
  const issues = heldIssues(nSamples, dModel);
  if (nTruths * dModel > limits.toyWeights)
    issues.push([
      ['nTruths'],
      `nTruths is ${nTruths}; in ${dModel} dimensions the toy model is trained with at most ${Math.floor(limits.toyWeights / dModel)}`,
    ]);
  return issues;
}
type Superposition = { nTruths: number; dModel: number; nSamples: number | null };

function classesIssues({ nClasses, nInputs, nHidden, nSamples }: Classes): Issues {
  const issues = heldIssues(nSamples, nHidden);
  const most = Math.floor(limits.classifierWeights / (nInputs + nClasses));
  if (nHidden > most)
    issues.push([
      ['nHidden'],
      `nHidden is ${nHidden}; with ${nInputs} inputs and ${nClasses} classes the classifier is trained with at most ${most}`,
    ]);
  return issues;
}
type Classes = { nClasses: number; nInputs: number; nHidden: number; nSamples: number | null };

function heldIssues(nSamples: number | null, dModel: number): Issues {
  if (nSamples === null || nSamples * dModel <= limits.heldValues) return [];
  const most = Math.floor(limits.heldValues / dModel);
  return [
    [
      ['nSamples'],
      `nSamples is ${nSamples}; at ${dModel} values each at most ${most} are held. Use null for new samples throughout`,
    ],
  ];
}

function sumsIssues(generator: {
  nTruths: number;
  dModel: number;
  directions: 'random' | 'orthogonalised';
  activity: z.infer<typeof activitySchema>;
  magnitude: z.infer<typeof magnitudeSchema>;
  correlation: z.infer<typeof correlationSchema> | null;
  hierarchy: z.infer<typeof hierarchySchema> | null;
  nSamples: number | null;
}): Issues {
  const { nTruths, dModel, activity, magnitude, correlation, hierarchy, nSamples } = generator;
  const issues: Issues = heldIssues(nSamples, dModel);
  const nActive = meanActive(activity, nTruths);
  if (activity.kind === 'independent' && nActive < limits.fewestActive)
    issues.push([
      ['activity', 'probability'],
      `probability is ${activity.probability}; on average only ${Number(nActive.toPrecision(2))} of the truths would be active, and most samples empty. At least ${limits.fewestActive} are needed`,
    ]);
  if (activity.kind === 'range' && activity.max > nTruths)
    issues.push([['activity', 'max'], `max is ${activity.max}; there are only ${nTruths} truths`]);
  if (activity.kind === 'range' && activity.min > activity.max)
    issues.push([['activity', 'min'], `min is ${activity.min}; it must not exceed max (${activity.max})`]);
  if (magnitude.kind === 'uniform' && magnitude.min > magnitude.max)
    issues.push([['magnitude', 'min'], `min is ${magnitude.min}; it must not exceed max (${magnitude.max})`]);
  const structure = correlation ? 'correlation' : 'hierarchy';
  if (activity.kind === 'range' && (correlation || hierarchy))
    issues.push([[structure], `${structure} needs truths that fire by themselves; set activity.kind to independent`]);
  if (correlation && hierarchy)
    issues.push([['hierarchy'], 'correlation and hierarchy cannot be combined; leave one of them out']);
  if (hierarchy && hierarchy.nRoots > nTruths)
    issues.push([['hierarchy', 'nRoots'], `nRoots is ${hierarchy.nRoots}; there are only ${nTruths} truths`]);
  if (hierarchy?.exclusive && hierarchy.childProbability * hierarchy.nChildren > 1 + 1e-9)
    issues.push([
      ['hierarchy', 'childProbability'],
      `childProbability is ${hierarchy.childProbability}; of ${hierarchy.nChildren} children that exclude each other it is at most ${1 / hierarchy.nChildren}`,
    ]);
  if (generator.directions === 'orthogonalised' && nTruths ** 2 * dModel > limits.orthogonalising)
    issues.push([['directions'], `pushing ${nTruths} truths in ${dModel} dimensions apart takes too long; use random`]);
  return issues;
}

/** Truths active in a sample, on average; without a hierarchy. */
function meanActive(activity: z.infer<typeof activitySchema>, nTruths: number): number {
  if (activity.kind === 'range') return (activity.min + activity.max) / 2;
  let sum = 0;
  for (let truth = 0; truth < nTruths; truth++) sum += activity.probability * (truth + 1) ** -activity.decay;
  return sum;
}

/** What a request for a model's run names, and one for synthetic data does not. */
const modelFields = { modelId: true, hookName: true, datasetId: true, activations: true, source: true } as const;
type ModelField = keyof typeof modelFields;

type Distribute<Union> = Union extends unknown ? Omit<Union, ModelField> : never;
/** A run on samples that are made of known directions. Where others count tokens, it counts samples. */
export type CreateSyntheticRun = Distribute<Extract<CreateRun, { architecture: (typeof architectures)[number] }>> & {
  source: 'synthetic';
  generator: Generator;
};

const syntheticMembers = createRunSchema.options
  .filter((option) => (architectures as readonly string[]).includes(option.shape.architecture.value))
  .map((option) =>
    z.strictObject({
      ...Object.fromEntries(Object.entries(option.shape).filter(([field]) => !(field in modelFields))),
      architecture: option.shape.architecture,
      source: z.literal('synthetic'),
      generator: generatorSchema,
    }),
  );

/** The architectures and their fields are those of runs on a model; what goes together is asked of that schema. */
export const createSyntheticRunSchema = z
  .discriminatedUnion('architecture', syntheticMembers as [(typeof syntheticMembers)[number]])
  .superRefine((run, context) => {
    const { source: _, generator, ...fields } = run as unknown as CreateSyntheticRun;
    const asOfModel = createRunSchema.safeParse({ ...fields, modelId: anyId, datasetId: anyId, hookName: '' });
    for (const { path, message } of asOfModel.error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
    const { nTruths } = generatorShape(generator);
    if (nTruths * fields.nLatents > limits.pairs)
      context.addIssue({
        code: 'custom',
        path: ['nLatents'],
        message: `nLatents is ${fields.nLatents}; with ${nTruths} truths at most ${Math.floor(limits.pairs / nTruths)} can be compared`,
      });
  }) as unknown as z.ZodType<CreateSyntheticRun, CreateSyntheticRun> & SyntheticUnion;
const anyId = '00000000-0000-4000-8000-000000000000';
/** Enough of the schema's own type to make it a member of another union. */
type SyntheticUnion = z.ZodDiscriminatedUnion<[z.ZodObject<{ source: z.ZodLiteral<'synthetic'> }>], 'architecture'>;

/** What POST /api/runs takes. */
export const startRunSchema = z.discriminatedUnion('source', [
  createSyntheticRunSchema,
  createAnyRunSchema,
]) as unknown as z.ZodType<StartRun>;
export type StartRun = CreateSyntheticRun | CreateRun | CreateDecomposition;

export const isSyntheticRequest = (run: StartRun): run is CreateSyntheticRun => run.source === 'synthetic';
