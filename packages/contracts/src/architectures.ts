import { z } from 'zod';
import { decompositionKinds } from './decompositions.ts';

/** Kinds of dictionary that can be trained here. */
export const architectures = ['topk', 'batchtopk', 'matryoshka', 'jumprelu', 'gated', 'standard'] as const;
export const architectureSchema = z.enum(architectures);
export type Architecture = z.infer<typeof architectureSchema>;

/** Dictionaries of these can be worked with; those of `architectures` can be trained here too. */
export const runArchitectureSchema = z.enum([...architectures, 'matching_pursuit', ...decompositionKinds]);
export type RunArchitecture = z.infer<typeof runArchitectureSchema>;

export const presetSchema = z
  .enum(['featurescope', 'saelens'])
  .describe(
    'Sets every value that the request does not name. featurescope, the default: what works best here. saelens: what SAELens 6.54.12 does, for comparisons with it',
  );
export type Preset = z.infer<typeof presetSchema>;

export const sparsityLosses = ['step', 'tanh', 'quadratic'] as const;
export const sparsityLossSchema = z
  .enum(sparsityLosses)
  .describe(
    'step: λ times the number of active latents. tanh: λ times a smooth count, which also presses on weak activations. quadratic: λ times the squared distance of L0 from targetL0. Left out: quadratic where targetL0 is given, else step',
  );
export type SparsityLoss = z.infer<typeof sparsityLossSchema>;

const kSchema = z
  .number()
  .int()
  .min(1)
  .max(4096)
  .describe('Latents kept per token: exactly for topk, on average over a batch for batchtopk and matryoshka');
const coefficientSchema = z.number().min(0).max(1e6);
const l1Schema = coefficientSchema.describe('Weight of the L1 term, on scaled activations with preset featurescope');
const targetL0Schema = z
  .number()
  .min(1)
  .max(4096)
  .describe('Active latents a token that training steers to; with sparsityLoss quadratic');
const l0Schema = coefficientSchema.describe(
  'Weight of the sparsity term: needed with sparsityLoss step and tanh; with quadratic 1 when left out',
);
const prefixesSchema = z
  .array(z.number().int().min(1))
  .min(1)
  .max(16)
  .describe(
    'Widths of the nested dictionaries in latents, ascending, the last equal to nLatents. Left out: 1/32, 1/16, 1/8, 1/4, 1/2 and all of them',
  );

export const decoderInits = ['random', 'dataPoints', 'densityPeaks'] as const;
export const decoderInitSchema = z
  .enum(decoderInits)
  .describe(
    'Directions of the latents at the start. random, when left out: uniformly. dataPoints: those of activations drawn at random. densityPeaks: those along which activations are most crowded',
  );
export type DecoderInit = z.infer<typeof decoderInitSchema>;

export const bDecInits = ['geometricMedian', 'zeros'] as const;
export const bDecInitSchema = z
  .enum(bDecInits)
  .describe(
    'The decoder bias at the start: the geometric median of activations (preset featurescope), or zeros (preset saelens), from which directions are then learnt',
  );
export type BDecInit = z.infer<typeof bDecInitSchema>;

/** How a dictionary begins; what is left out follows from the preset. */
const startFields = { decoderInit: decoderInitSchema.optional(), bDecInit: bDecInitSchema.optional() };

/** The requests that choose an architecture, one strict object each: `common` and the fields that this architecture uses. */
export function architectureMembers<T extends z.ZodRawShape>(common: T) {
  const shared = { ...common, preset: presetSchema.optional(), ...startFields };
  return [
    z.strictObject({ ...shared, architecture: z.literal('topk'), k: kSchema }),
    z.strictObject({ ...shared, architecture: z.literal('batchtopk'), k: kSchema }),
    z.strictObject({
      ...shared,
      architecture: z.literal('matryoshka'),
      k: kSchema,
      prefixes: prefixesSchema.optional(),
    }),
    z.strictObject({
      ...shared,
      architecture: z.literal('jumprelu'),
      sparsityLoss: sparsityLossSchema.optional(),
      l0Coefficient: l0Schema.optional(),
      targetL0: targetL0Schema.optional(),
    }),
    z.strictObject({ ...shared, architecture: z.literal('gated'), l1Coefficient: l1Schema }),
    z.strictObject({ ...shared, architecture: z.literal('standard'), l1Coefficient: l1Schema }),
  ] as const;
}

/** What a run keeps of its dictionary's fields beside k and l1Coefficient, which are fields of the run. */
export const architectureOptionsSchema = z.object({
  sparsityLoss: sparsityLossSchema.optional(),
  l0Coefficient: l0Schema.optional(),
  targetL0: targetL0Schema.optional(),
  prefixes: prefixesSchema.optional(),
  ...startFields,
});
export type ArchitectureOptions = z.infer<typeof architectureOptionsSchema>;

/** Every field that only some architectures have. */
export const architectureFields = [
  'k',
  'prefixes',
  'l1Coefficient',
  'sparsityLoss',
  'l0Coefficient',
  'targetL0',
] as const;
export type ArchitectureField = (typeof architectureFields)[number];

/** A choice of architecture with its fields. */
export type ArchitectureChoice = z.infer<ReturnType<typeof architectureMembers<Record<never, never>>>[number]>;

/** How JumpReLU's sparsity is paid for, where the request leaves it out too. */
export function sparsityLossOf({ sparsityLoss, targetL0 }: ArchitectureOptions): SparsityLoss {
  return sparsityLoss ?? (targetL0 === undefined ? 'step' : 'quadratic');
}

/** A run's columns for a choice of architecture. */
export function architectureColumns(choice: ArchitectureChoice): {
  k: number | null;
  l1Coefficient: number | null;
  architectureOptions: ArchitectureOptions;
} {
  const { decoderInit, bDecInit } = choice;
  const k = 'k' in choice ? choice.k : null;
  const l1Coefficient = 'l1Coefficient' in choice ? choice.l1Coefficient : null;
  return {
    k,
    l1Coefficient,
    architectureOptions: {
      ...optionsOf(choice),
      ...(decoderInit && { decoderInit }),
      ...(bDecInit && { bDecInit }),
    },
  };
}

function optionsOf(choice: ArchitectureChoice): ArchitectureOptions {
  if (choice.architecture === 'matryoshka') return choice.prefixes ? { prefixes: choice.prefixes } : {};
  if (choice.architecture !== 'jumprelu') return {};
  const { l0Coefficient, targetL0 } = choice;
  return {
    sparsityLoss: sparsityLossOf(choice),
    ...(l0Coefficient === undefined ? {} : { l0Coefficient }),
    ...(targetL0 === undefined ? {} : { targetL0 }),
  };
}

/** What of a choice does not go together, each with its field. */
export function architectureIssues(
  choice: ArchitectureChoice & { nLatents: number },
): { field: ArchitectureField; message: string }[] {
  const { nLatents } = choice;
  const issues: { field: ArchitectureField; message: string }[] = [];
  if ('k' in choice && choice.k > nLatents)
    issues.push({ field: 'k', message: `k is ${choice.k}; it must not exceed nLatents (${nLatents})` });
  if (choice.architecture === 'matryoshka' && choice.prefixes) {
    const message = prefixesIssue(choice.prefixes, nLatents);
    if (message !== null) issues.push({ field: 'prefixes', message });
  }
  if (choice.architecture === 'jumprelu') issues.push(...jumpReluIssues(choice));
  return issues;
}

function prefixesIssue(prefixes: number[], nLatents: number): string | null {
  const after = prefixes.findIndex((width, i) => i > 0 && width <= prefixes[i - 1]);
  if (after > 0)
    return `prefixes has ${prefixes[after]} after ${prefixes[after - 1]}; give widths in ascending order, each once`;
  const last = prefixes[prefixes.length - 1];
  return last === nLatents ? null : `prefixes ends with ${last}; the last must equal nLatents (${nLatents})`;
}

function jumpReluIssues(choice: ArchitectureOptions & { nLatents: number }) {
  const { l0Coefficient, targetL0, nLatents } = choice;
  const loss = sparsityLossOf(choice);
  const issues: { field: ArchitectureField; message: string }[] = [];
  if (loss === 'quadratic' && targetL0 === undefined)
    issues.push({ field: 'targetL0', message: 'targetL0 is needed with sparsityLoss quadratic, for example 32' });
  if (loss !== 'quadratic' && l0Coefficient === undefined)
    issues.push({
      field: 'l0Coefficient',
      message: `l0Coefficient is needed with sparsityLoss ${loss}; or give targetL0`,
    });
  if (loss !== 'quadratic' && targetL0 !== undefined)
    issues.push({
      field: 'targetL0',
      message: `targetL0 is ${targetL0}, which sparsityLoss ${loss} does not use; leave it out, or choose quadratic`,
    });
  if (targetL0 !== undefined && targetL0 > nLatents)
    issues.push({ field: 'targetL0', message: `targetL0 is ${targetL0}; it must not exceed nLatents (${nLatents})` });
  return issues;
}
