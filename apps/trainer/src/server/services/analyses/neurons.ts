import type { FeatureNeurons, NeuronFeatures } from '@featurescope/contracts';
import type { Db } from '@featurescope/db';
import type { InferenceClient } from '../inference-client.ts';
import { featureNamer } from './analysis-view.ts';

/** Neurons and features that are joined by weights; inference reads those. */
export class NeuronService {
  private readonly options: { db: Db; inference: InferenceClient };

  constructor(options: { db: Db; inference: InferenceClient }) {
    this.options = options;
  }

  ofFeature(runId: string, featureIndex: number, count: number): Promise<FeatureNeurons> {
    return this.options.inference.featureNeurons({ runId, featureIndex, count });
  }

  async ofNeuron(runId: string, neuron: number, count: number): Promise<NeuronFeatures> {
    const { db, inference } = this.options;
    const { features, ...rest } = await inference.neuronFeatures({ runId, neuron, count });
    const name = await featureNamer(
      db,
      runId,
      features.map(({ index }) => index),
    );
    return { ...rest, features: features.map((feature) => ({ ...feature, ...name(feature.index) })) };
  }
}
