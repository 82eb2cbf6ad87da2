import { z } from 'zod';
import { namedFeatureSchema } from './analyses.ts';

/** Which neurons a run's hook has, and what is shown of them. */
export const neuronBasisSchema = z.object({
  kind: z
    .enum(['neurons', 'writers', 'coordinates'])
    .describe(
      'neurons: the hook’s values are the MLP’s neurons · writers: neurons of the last MLP that writes into the hook’s stream · coordinates: no MLP stands before the hook, so its own coordinates',
    ),
  layer: z.number().int().nullable().describe('The MLP’s block; null for coordinates'),
  nNeurons: z.number().int(),
  description: z.string().describe('In words, what a number means'),
});
export type NeuronBasisView = z.infer<typeof neuronBasisSchema>;

const linkFields = {
  encoder: z.number().describe('How much a unit of the neuron raises the feature’s pre-activation'),
  decoder: z.number().describe('Cosine of what the neuron writes with the feature’s decoder direction'),
};

export const featureNeuronsSchema = z.object({
  basis: neuronBasisSchema,
  neurons: z.array(z.object({ neuron: z.number().int(), ...linkFields })).describe('By falling |encoder|'),
});
export type FeatureNeurons = z.infer<typeof featureNeuronsSchema>;

export const neuronFeaturesSchema = z.object({
  basis: neuronBasisSchema,
  neuron: z.number().int(),
  features: z.array(namedFeatureSchema.extend(linkFields)).describe('By falling |encoder|'),
});
export type NeuronFeatures = z.infer<typeof neuronFeaturesSchema>;

export const neuronCountQuerySchema = z.strictObject({ count: z.coerce.number().int().min(1).max(100).default(20) });
