import type { FeatureNeurons, NeuronFeatures } from '@featurescope/contracts';
import type { Db } from '@featurescope/db';
import type { InferenceClient } from '../inference-client.ts';
import { featureNamer } from './analysis-view.ts';
import { requireModelRun } from './run-analyses.ts';

/** Neurons and features that are joined by weights; inference reads those. */
export class NeuronService {
  private readonly options: { db: Db; inference: InferenceClient };

  constructor(options: { db: Db; inference: InferenceClient }) {
    this.options = options;
  }

  async ofFeature(runId: string, featureIndex: number, count: number): Promise<FeatureNeurons> {
    const { db, inference } = this.options;
    await requireModelRun(db, runId);
    return inference.featureNeurons({ runId, featureIndex, count });
  }

  async ofNeuron(runId: string, neuron: number, count: number): Promise<NeuronFeatures> {
    const { db, inference } = this.options;
    await requireModelRun(db, runId);
    const { features, ...rest } = await inference.neuronFeatures({ runId, neuron, count });
    const name = await featureNamer(
      db,
      runId,
      features.map(({ index }) => index),
    );
    return { ...rest, features: features.map((feature) => ({ ...feature, ...name(feature.index) })) };
  }
}
