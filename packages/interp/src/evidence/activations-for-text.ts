import { type LanguageModel, singleText } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';

export interface TokenActivations {
  tokenId: number;
  /** A special token: it was not encoded. */
  special: boolean;
  /** The strongest features, by falling activation a = f·‖d‖; equal ones by index. */
  features: { featureIndex: number; activation: number }[];
}

/** Which features fire on each token of a text that fits the context. tokenIds begin with the beginning-of-text token, if the
 *  model has one. `top`: at most so many features a token. `featureIndex`: only this feature, wherever it fires. */
export async function activationsForText(
  subject: { model: LanguageModel; sae: SparseAutoencoder; hookName: string; signal?: AbortSignal },
  tokenIds: readonly number[],
  options: { top?: number; featureIndex?: number } = {},
): Promise<TokenActivations[]> {
  if (tokenIds.length === 0) return [];
  const { model, sae, hookName, signal } = subject;
  const { hooks } = await model.run(singleText(tokenIds), { hooks: [hookName], signal });
  const { rowOffsets, indices, values } = sae.encodeSparse(hooks[hookName], tokenIds.length);
  const special = specialTokenIds(model);
  return tokenIds.map((tokenId, row) => {
    if (special.has(tokenId)) return { tokenId, special: true, features: [] };
    const features: TokenActivations['features'] = [];
    for (let j = rowOffsets[row]; j < rowOffsets[row + 1]; j++) {
      if (options.featureIndex !== undefined && indices[j] !== options.featureIndex) continue;
      features.push({ featureIndex: indices[j], activation: values[j] * sae.decoderNorms[indices[j]] });
    }
    features.sort((a, b) => b.activation - a.activation || a.featureIndex - b.featureIndex);
    return { tokenId, special: false, features: features.slice(0, options.top ?? 10) };
  });
}
