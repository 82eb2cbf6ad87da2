import { checkInference } from '../check-inference.ts';
import type { InferenceConfig } from '../inference-config.ts';
import { type SaeWeights, transpose } from '../sae-weights.ts';
import { encodeSafetensors, type StoredTensor } from '../safetensors.ts';
import type { DictionaryMetadata } from './loaded-dictionary.ts';

export interface SaelensDirectory {
  'cfg.json': string;
  'sae_weights.safetensors': Uint8Array;
  /** log10(share of tokens on which each latent fires + 1e-10) */
  'sparsity.safetensors'?: Uint8Array;
}

/** SAELens reads directories of this version and above by their own names. */
const SAE_LENS_VERSION = '6.54.12';

const normalizations = { none: 'none', constantNorm: 'constant_norm_rescale', layerNorm: 'layer_norm' } as const;

/** The files that SAELens loads a dictionary from, of any architecture but `nmf`, which it does not know: our reader does. weights: scale folded, as `SaeTrainer.weights()` and the
 *  readers give them. Throws SaeConfigError and ShapeError when they do not belong to the configuration. */
export function toSaelensDirectory(
  config: InferenceConfig,
  weights: SaeWeights,
  { logDensity, ...metadata }: Partial<DictionaryMetadata> & { logDensity?: Float32Array },
): SaelensDirectory {
  checkInference(config, weights);
  const cfg = {
    architecture: architectureName(config, weights),
    d_in: config.dModel,
    d_sae: config.nLatents,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: config.applyBDecToInput,
    normalize_activations: normalizations[config.inputNorm ?? 'none'],
    reshape_activations: config.concatenatedHeads ? 'hook_z' : 'none',
    ...ownFields(config),
    metadata: {
      sae_lens_version: SAE_LENS_VERSION,
      model_name: metadata.modelName,
      hook_name: metadata.hookName,
      prepend_bos: metadata.prependBos,
      context_size: metadata.contextSize,
      dataset_path: metadata.datasetPath,
      hook_name_out: metadata.hookNameOut,
    },
  };
  return {
    'cfg.json': `${JSON.stringify(cfg, null, 2)}\n`,
    'sae_weights.safetensors': encode(tensorsOf(config, weights)),
    ...(logDensity ? { 'sparsity.safetensors': encode({ sparsity: float32([config.nLatents], logDensity) }) } : {}),
  };
}

function architectureName({ architecture, transcoder }: InferenceConfig, { wSkip }: SaeWeights): string {
  if (!transcoder) return architecture;
  const kind = wSkip ? 'skip_transcoder' : 'transcoder';
  return architecture === 'jumprelu' ? `jumprelu_${kind}` : kind;
}

function ownFields({ architecture, k, transcoder, pursuit }: InferenceConfig): Record<string, unknown> {
  if (transcoder) return { d_out: transcoder.dOut };
  if (architecture === 'topk' || architecture === 'abstopk') return { k, rescale_acts_by_decoder_norm: false };
  if (!pursuit || architecture !== 'matching_pursuit') return {};
  return {
    residual_threshold: pursuit.residualThreshold,
    max_iterations: pursuit.maxIterations,
    stop_on_duplicate_support: pursuit.stopOnDuplicateSupport,
  };
}

function tensorsOf({ architecture, dModel, nLatents, transcoder }: InferenceConfig, weights: SaeWeights) {
  const dOut = transcoder?.dOut ?? dModel;
  const { wEnc, wEncNegative, wDec, bEnc, bDec, threshold, rMag, bMag, wSkip } = weights;
  const perLatent = (data: Float32Array) => float32([nLatents], data);
  const tensors: Record<string, StoredTensor> = {
    W_dec: float32([nLatents, dOut], wDec),
    b_dec: float32([dOut], bDec),
  };
  if (architecture === 'matching_pursuit') return tensors;
  tensors.W_enc = float32([dModel, nLatents], wEnc);
  tensors[architecture === 'gated' ? 'b_gate' : 'b_enc'] = perLatent(bEnc);
  if (wEncNegative) tensors.W_enc_negative = float32([dModel, nLatents], wEncNegative);
  if (threshold) tensors.threshold = perLatent(threshold);
  if (rMag) tensors.r_mag = perLatent(rMag);
  if (bMag) tensors.b_mag = perLatent(bMag);
  if (wSkip) tensors.W_skip = float32([dOut, dModel], transpose(wSkip, dModel, dOut));
  return tensors;
}

function float32(shape: number[], data: Float32Array): StoredTensor {
  return { dtype: 'F32', shape, data };
}

function encode(tensors: Record<string, StoredTensor>): Uint8Array {
  return encodeSafetensors({ tensors, metadata: { format: 'pt' } });
}
