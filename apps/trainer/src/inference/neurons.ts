import { type FeatureNeurons, idSchema, type NeuronBasisView, type NeuronFeatures } from '@featurescope/contracts';
import { featuresOfNeuron, type NeuronBasis, neuronsOfFeature } from '@featurescope/interp';
import { z } from 'zod';
import { AppError } from '../app-error.ts';
import { requireFeature } from './activations.ts';
import type { RunSubject } from './run-subjects.ts';

const count = z.number().int().min(1).max(100);
export const featureNeuronsBodySchema = z.strictObject({
  runId: idSchema,
  featureIndex: z.number().int().min(0),
  count,
});
export const neuronFeaturesBodySchema = z.strictObject({ runId: idSchema, neuron: z.number().int().min(0), count });

/** The neurons that take part in a feature, by weights. */
export async function featureNeurons(
  subject: RunSubject,
  { featureIndex, count }: { featureIndex: number; count: number },
): Promise<FeatureNeurons> {
  requireFeature(featureIndex, subject.run.nLatents);
  const { view, basis } = await neuronBasis(subject);
  const links = neuronsOfFeature(basis, subject.sae.weights, { feature: featureIndex, count });
  return { basis: view, neurons: links.map(({ feature: _, ...link }) => link) };
}

/** The features that a neuron takes part in. Labels are null: inference does not look them up. */
export async function neuronFeatures(
  subject: RunSubject,
  { neuron, count }: { neuron: number; count: number },
): Promise<NeuronFeatures> {
  const { view, basis } = await neuronBasis(subject);
  if (neuron >= basis.nNeurons) {
    const message = `There is no neuron ${neuron}; at this hook they are 0 to ${basis.nNeurons - 1}.`;
    throw new AppError('not_found', message, { field: 'neuron' });
  }
  const links = featuresOfNeuron(basis, subject.sae.weights, { neuron, count });
  const features = links.map(({ feature: index, encoder, decoder }) => ({
    ...{ index, encoder, decoder },
    ...{ label: null, truth: null, density: null },
  }));
  return { basis: view, neuron, features };
}

/** Throws AppError unprocessable for a transcoder, which writes elsewhere than it reads. */
async function neuronBasis({
  model,
  sae,
  hookName,
}: RunSubject): Promise<{ view: NeuronBasisView; basis: NeuronBasis }> {
  const { dModel: width, transcoder } = sae.config;
  if (transcoder)
    throw new AppError('unprocessable', 'A transcoder reads and writes at two places: neurons are not shown.');
  const { kind, layer } = writersOf(hookName);
  const writes = kind === 'writers' && layer !== null ? await model.mlpWrites(layer) : null;
  const nNeurons = writes ? writes.length / width : width;
  const description = describe[kind](layer ?? 0, hookName);
  return { view: { kind, layer, nNeurons, description }, basis: { writes, nNeurons, width } };
}

/** The MLP whose neurons stand nearest before a hook: the last that wrote into the stream there, or that the hook is inside of. */
export function writersOf(hookName: string): Pick<NeuronBasisView, 'kind' | 'layer'> {
  const [, block, hook] = /^blocks\.(\d+)\.(.+)$/.exec(hookName) ?? [];
  const layer = Number(block);
  if (hook === 'mlp.hook_post') return { kind: 'neurons', layer };
  if (hook === 'hook_mlp_out' || hook === 'hook_resid_post') return { kind: 'writers', layer };
  if ((hook === 'hook_resid_pre' || hook === 'hook_resid_mid') && layer > 0)
    return { kind: 'writers', layer: layer - 1 };
  return { kind: 'coordinates', layer: null };
}

const describe: Record<NeuronBasisView['kind'], (layer: number, hookName: string) => string> = {
  neurons: (layer) =>
    `This dictionary reads the neurons of block ${layer}'s MLP. Encoder: the feature's encoder weight on the neuron. Decoder: the neuron's part of the feature's direction, of length 1.`,
  writers: (layer) =>
    `Neurons of block ${layer}'s MLP, which writes into what this dictionary reads. Encoder: what one unit of the neuron adds to the feature's pre-activation, W_out · W_enc. Decoder: cosine between what the neuron writes and the feature's direction. From weights alone: how strongly a neuron fires is not in it, nor what comes through other blocks.`,
  coordinates: (_, hookName) =>
    `No MLP writes into ${hookName} alone, so these are its own coordinates. Encoder: the feature's encoder weight on the coordinate. Decoder: its part of the feature's direction, of length 1.`,
};
