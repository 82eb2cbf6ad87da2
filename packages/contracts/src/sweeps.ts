import { z } from 'zod';
import { architectureLabel } from './architecture-label.ts';
import { architectureColumns, architectureFields, architectureMembers } from './architectures.ts';
import { maxLatents } from './dictionaries.ts';
import { idSchema, textSchema } from './primitives.ts';
import { type CreateRun, commonRunFields, createRunSchema, runEstimateSchema, runSchema } from './runs.ts';

export const maxVariants = 16;

const variantFields = {
  nLatents: z.number().int().min(8).max(maxLatents),
  learningRate: commonRunFields.learningRate.optional().describe("The sweep's when left out"),
  name: textSchema(200).min(1).optional(),
};

const sweepVariantSchema = z.discriminatedUnion('architecture', [...architectureMembers(variantFields)]);
export type SweepVariant = z.infer<typeof sweepVariantSchema>;

const { nLatents: _, ...sharedFields } = commonRunFields;

/** Runs over the same activations, which one pass over the model feeds. */
export const createSweepSchema = z
  .strictObject({ ...sharedFields, variants: z.array(sweepVariantSchema).min(2).max(maxVariants) })
  .superRefine((sweep, context) => {
    const known = new Map<string, number>();
    for (const [i, variant] of sweep.variants.entries()) {
      const run = createRunSchema.safeParse(runOf(sweep, variant));
      for (const issue of run.error?.issues ?? []) {
        const path = ofVariant(issue.path[0]) ? ['variants', i, ...issue.path] : issue.path;
        context.addIssue({ code: 'custom', path, message: issue.message });
      }
      const key = sameness(sweep, variant);
      const twin = known.get(key);
      if (twin !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['variants', i],
          message: `variants.${i} is the same as variants.${twin} (${variantLabel(sweep, variant)}). Change one, or leave it out.`,
        });
      known.set(key, twin ?? i);
    }
  });
export type CreateSweep = z.infer<typeof createSweepSchema>;

type SweepParts = Omit<CreateSweep, 'variants'>;

/** The runs that a sweep stands for, in its order. */
export function runsOfSweep(sweep: CreateSweep): CreateRun[] {
  return sweep.variants.map((variant) => runOf(sweep, variant));
}

function runOf({ name, ...shared }: SweepParts & { variants?: unknown }, variant: SweepVariant): CreateRun {
  const { variants: __, ...common } = shared;
  const label = variantLabel(common, variant);
  const prefix = (name ?? common.hookName).slice(0, 195 - label.length);
  return {
    ...common,
    ...variant,
    learningRate: variant.learningRate ?? common.learningRate,
    name: variant.name ?? `${prefix} · ${label}`,
  };
}

/** Equal for variants that would train the same dictionary, whatever they leave to defaults. */
function sameness({ learningRate }: SweepParts, variant: SweepVariant): string {
  const { architecture, nLatents, preset = 'featurescope', learningRate: own = learningRate } = variant;
  const { k, l1Coefficient, architectureOptions } = architectureColumns(variant);
  const options = { ...usualStart(variant), ...architectureOptions };
  return JSON.stringify([architecture, nLatents, preset, own, k, l1Coefficient, Object.entries(options).sort()]);
}

/** How a dictionary begins where its request says nothing of it. */
const usualStart = ({ preset }: SweepVariant) =>
  ({ decoderInit: 'random', bDecInit: preset === 'saelens' ? 'zeros' : 'geometricMedian' }) as const;

const decoderInitWords = { random: 'at random', dataPoints: 'from data points', densityPeaks: 'from density peaks' };
const bDecInitWords = { geometricMedian: 'bias from the median', zeros: 'bias from zeros' };

const ofVariant = (field: PropertyKey) => (architectureFields as readonly PropertyKey[]).includes(field);

/** What tells a variant from the others: "2,048 latents, TopK, k 32". */
export function variantLabel({ learningRate }: { learningRate: number }, variant: SweepVariant): string {
  const { architecture, nLatents, preset, learningRate: own } = variant;
  const usual = usualStart(variant);
  const { decoderInit = usual.decoderInit, bDecInit = usual.bDecInit } = variant;
  const kind = architectureLabel({ architecture, ...architectureColumns(variant) });
  return [
    `${nLatents.toLocaleString('en-US')} latents, ${kind}`,
    ...(preset === 'saelens' ? ['SAELens preset'] : []),
    ...(decoderInit === usual.decoderInit ? [] : [decoderInitWords[decoderInit]]),
    ...(bDecInit === usual.bDecInit ? [] : [bDecInitWords[bDecInit]]),
    ...(own === undefined || own === learningRate ? [] : [`learning rate ${own}`]),
  ].join(', ');
}

export const createdSweepSchema = z.object({ id: idSchema, runIds: z.array(idSchema) });
export const sweepSchema = z.object({ id: idSchema, runs: z.array(runSchema).describe('Oldest first') });
export type Sweep = z.infer<typeof sweepSchema>;

export const sweepEstimateSchema = runEstimateSchema.extend({
  separateSeconds: z.number().describe('Time of the same runs, one after another, each with a pass of its own'),
  machineMemoryBytes: z.number().describe('Memory of the machine that was asked'),
  warning: z.string().nullable().describe('Set when the sweep may not fit in memory'),
});
export type SweepEstimate = z.infer<typeof sweepEstimateSchema>;
