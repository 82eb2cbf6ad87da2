import { SaeFormatError } from './errors.ts';
import { checkWeights, foldDecoderNorms, type SaeWeights } from './sae-weights.ts';
import { decodeSafetensors, encodeSafetensors, float32Tensor } from './safetensors.ts';
import type { InferenceConfig } from './sparse-autoencoder.ts';

/** Where a dictionary comes from; SAELens' names in brackets. */
export interface DictionaryMetadata {
  modelName: string;
  hookName: string;
  /** Whether contexts begin with BOS. */
  prependBos: boolean;
  contextSize: number;
  datasetPath: string;
}

export interface SaelensDirectory {
  'cfg.json': string;
  'sae_weights.safetensors': Uint8Array;
}

export interface LoadedDictionary {
  config: InferenceConfig;
  weights: SaeWeights;
  metadata: Partial<DictionaryMetadata>;
}

/** SAELens reads directories of this version and above by their own names. */
const SAE_LENS_VERSION = '6.54.12';

/** The two files that SAELens loads a dictionary from. weights: scale folded, as `SaeTrainer.weights()` gives them. */
export function toSaelensDirectory(
  config: InferenceConfig,
  weights: SaeWeights,
  metadata: DictionaryMetadata,
): SaelensDirectory {
  checkWeights(weights, config);
  const { architecture, dModel, nLatents, k, applyBDecToInput } = config;
  const cfg = {
    architecture,
    d_in: dModel,
    d_sae: nLatents,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: applyBDecToInput,
    normalize_activations: 'none',
    reshape_activations: 'none',
    ...(architecture === 'topk' ? { k, rescale_acts_by_decoder_norm: false } : {}),
    metadata: {
      sae_lens_version: SAE_LENS_VERSION,
      model_name: metadata.modelName,
      hook_name: metadata.hookName,
      prepend_bos: metadata.prependBos,
      context_size: metadata.contextSize,
      dataset_path: metadata.datasetPath,
    },
  };
  const tensors = {
    W_enc: { dtype: 'F32' as const, shape: [dModel, nLatents], data: weights.wEnc },
    W_dec: { dtype: 'F32' as const, shape: [nLatents, dModel], data: weights.wDec },
    b_enc: { dtype: 'F32' as const, shape: [nLatents], data: weights.bEnc },
    b_dec: { dtype: 'F32' as const, shape: [dModel], data: weights.bDec },
  };
  return {
    'cfg.json': `${JSON.stringify(cfg, null, 2)}\n`,
    'sae_weights.safetensors': encodeSafetensors({ tensors, metadata: { format: 'pt' } }),
  };
}

/** Reads a SAELens directory of architecture `standard` or `topk`. Where topk selects by pre·‖d‖, the decoder norms are folded
 *  into the encoder, after which plain selection is the same. Throws SaeFormatError and names what it cannot read. */
export function fromSaelensDirectory(cfgJson: string, weightBytes: Uint8Array): LoadedDictionary {
  const cfg = parseCfg(cfgJson);
  const architecture = cfg.architecture;
  if (architecture !== 'standard' && architecture !== 'topk') {
    throw new SaeFormatError(`cfg.json has architecture ${String(architecture)}; readable are standard and topk`);
  }
  const dModel = size(cfg, 'd_in');
  const nLatents = size(cfg, 'd_sae');
  for (const name of ['normalize_activations', 'reshape_activations']) {
    const value = cfg[name] ?? 'none';
    if (value !== 'none') throw new SaeFormatError(`cfg.json has ${name} ${String(value)}; only none can be read`);
  }
  const file = decodeSafetensors(weightBytes);
  const stored: SaeWeights = {
    wEnc: float32Tensor(file, 'W_enc', [dModel, nLatents]),
    wDec: float32Tensor(file, 'W_dec', [nLatents, dModel]),
    bEnc: float32Tensor(file, 'b_enc', [nLatents]),
    bDec: float32Tensor(file, 'b_dec', [dModel]),
  };
  const selectsByNorm = architecture === 'topk' && cfg.rescale_acts_by_decoder_norm === true;
  const config = {
    architecture,
    dModel,
    nLatents,
    k: architecture === 'topk' ? size(cfg, 'k') : undefined,
    applyBDecToInput: cfg.apply_b_dec_to_input !== false,
  } as const;
  if (config.k !== undefined && config.k > nLatents)
    throw new SaeFormatError(`cfg.json has k ${config.k}, more than d_sae ${nLatents}`);
  return {
    config,
    weights: selectsByNorm ? foldDecoderNorms(stored, dModel) : stored,
    metadata: readMetadata(cfg.metadata),
  };
}

function parseCfg(cfgJson: string): Record<string, unknown> {
  try {
    const cfg: unknown = JSON.parse(cfgJson);
    if (typeof cfg === 'object' && cfg !== null && !Array.isArray(cfg)) return cfg as Record<string, unknown>;
  } catch (error) {
    throw new SaeFormatError('cfg.json is not JSON', { cause: error });
  }
  throw new SaeFormatError('cfg.json is not a JSON object');
}

function size(cfg: Record<string, unknown>, name: string): number {
  const value = cfg[name];
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 2 ** 24) return value;
  throw new SaeFormatError(`cfg.json must have ${name} as a positive integer, but has ${String(value)}`);
}

function readMetadata(value: unknown): Partial<DictionaryMetadata> {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === 'string' ? (given[name] as string) : undefined);
  return {
    modelName: text('model_name'),
    hookName: text('hook_name'),
    prependBos: typeof given.prepend_bos === 'boolean' ? given.prepend_bos : undefined,
    contextSize: typeof given.context_size === 'number' ? given.context_size : undefined,
    datasetPath: text('dataset_path'),
  };
}
