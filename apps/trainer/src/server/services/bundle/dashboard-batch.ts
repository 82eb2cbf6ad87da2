import { type ExportedFeature, readExportedFeatures } from '@featurescope/db';
import { histogramEdges } from '@featurescope/interp/examples';
import { type ExampleSource, type ExampleWindow, exampleWindows } from './example-windows.ts';

/** What a batch says of the run. */
export interface DashboardOrigin {
  modelName: string;
  hookName: string;
}

/** `count` features from `from` on as SAEDashboard writes them for Neuronpedia, whose converter asks for accounts and releases and
 *  makes of it what it imports. Fields that are measured nowhere here are empty, as they may be. Source: SAEDashboard's
 *  NeuronpediaDashboardBatch, and Neuronpedia's convert-saedashboard-to-neuronpedia-export.py. */
export async function dashboardBatch(
  source: ExampleSource,
  { modelName, hookName }: DashboardOrigin,
  { from, count }: { from: number; count: number },
): Promise<Uint8Array> {
  const rows = await readExportedFeatures(source.db, source.runId, { from, limit: count });
  const examples = new Map<number, ExampleWindow[]>();
  for await (const { index, windows } of exampleWindows(source, from, count)) examples.set(index, windows);
  const batch = {
    model_id: modelName,
    layer: Number(/^blocks\.(\d+)\./.exec(hookName)?.[1] ?? 0),
    sae_id_suffix: null,
    features: rows.map((row) => featureOf(row, examples.get(row.index) ?? [], source)),
  };
  return new TextEncoder().encode(JSON.stringify(batch));
}

function featureOf(feature: ExportedFeature, windows: ExampleWindow[], { vocabulary }: ExampleSource) {
  const texts = (ids: number[]) => ids.map((id) => vocabulary.text(id));
  const { maxActivation, quantileBorders } = feature;
  return {
    feature_index: feature.index,
    ...{ neuron_alignment_indices: [], neuron_alignment_values: [], neuron_alignment_l1: [] },
    ...{ correlated_neurons_indices: [], correlated_neurons_pearson: [], correlated_neurons_l1: [] },
    ...{ correlated_features_indices: [], correlated_features_pearson: [], correlated_features_l1: [] },
    neg_str: texts(feature.bottomTokenIds),
    neg_values: feature.bottomTokenValues,
    pos_str: texts(feature.topTokenIds),
    pos_values: feature.topTokenValues,
    frac_nonzero: feature.density,
    // A value for each height: pages there go through the two together.
    freq_hist_data_bar_heights: feature.histogram,
    freq_hist_data_bar_values:
      maxActivation > 0 ? histogramEdges(maxActivation).slice(0, feature.histogram.length) : [],
    ...{ logits_hist_data_bar_heights: [], logits_hist_data_bar_values: [] },
    decoder_weights_dist: [],
    activations: windows.flatMap((window) => activationOf(window, quantileBorders)),
  };
}

const quarters: ExampleWindow['band'][] = ['q1', 'q2', 'q3', 'q4'];

/** None for a near miss, on which the feature is silent. */
function activationOf({ band, tokens, values, peakIndex }: ExampleWindow, quantileBorders: number[]) {
  if (band === 'nearMiss') return [];
  const quarter = quarters.indexOf(band);
  const interval =
    quarter >= 0 && quantileBorders.length > quarter + 1
      ? { bin_min: quantileBorders[quarter], bin_max: quantileBorders[quarter + 1], bin_contains: 0.25 }
      : // The greatest activations, and those of no interval.
        { bin_min: -1, bin_max: -1, bin_contains: -1 };
  return [{ ...interval, tokens, values, qualifying_token_index: peakIndex }];
}
