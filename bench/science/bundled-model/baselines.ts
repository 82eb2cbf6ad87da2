import {
  type FittedDictionary,
  fastIca,
  independentDictionary,
  nonNegativeDictionary,
  nonNegativeFactors,
  poleDictionary,
  principalComponents,
  RowMoments,
  randomDirectionDictionary,
  splitSigns,
} from '@featurescope/sae';
import type { MeasuredModel } from './measured-model.ts';
import { N_LATENTS } from './trained-dictionary.ts';

/** Rows that each is fitted on. */
const ROWS = { pca: 250_000, ica: 100_000, nmf: 20_000, random: 8192 };

export interface Baseline {
  name: string;
  /** Whether the k largest of each row can be kept; otherwise L0 is what it comes to. */
  hasK: boolean;
  fit(model: MeasuredModel, options: { k?: number; seed: number }): Promise<FittedDictionary>;
}

export const baselines: Baseline[] = [
  {
    name: 'PCA',
    hasK: true,
    async fit(model, { k, seed }) {
      const pca = principalComponentsOf(model, model.sample(ROWS.pca, seed));
      const { components, mean } = pca;
      return poleDictionary({ dModel: model.width, encoder: components, decoder: components, centre: mean, k });
    },
  },
  {
    name: 'ICA',
    hasK: true,
    async fit(model, { k, seed }) {
      const rows = model.sample(ROWS.ica, seed);
      const pca = principalComponentsOf(model, rows);
      return independentDictionary(await fastIca({ rows, pca, seed }), { mean: pca.mean, k });
    },
  },
  {
    name: 'NMF',
    hasK: false,
    async fit(model, { seed }) {
      const { width: dModel } = model;
      const rows = splitSigns(model.sample(ROWS.nmf, seed), dModel);
      const { components, codes } = await nonNegativeFactors({
        ...{ rows, width: 2 * dModel, nComponents: dModel, seed, maxIterations: 500 },
      });
      return nonNegativeDictionary(components, { dModel, codes, splitsSigns: true });
    },
  },
  {
    name: 'random directions',
    hasK: true,
    async fit(model, { k, seed }) {
      const rows = model.sample(ROWS.random, seed);
      return randomDirectionDictionary({ nDirections: N_LATENTS, seed, k, centre: model.mean, rows }).fitted;
    },
  },
];

function principalComponentsOf({ width }: MeasuredModel, rows: Float32Array) {
  const moments = new RowMoments(width);
  moments.add(rows);
  return principalComponents(moments, width);
}
