import { SaeFormatError } from '../errors.ts';
import type { InferenceConfig } from '../inference-config.ts';
import { JsonFields, looselyTyped } from './json-fields.ts';
import type { DictionaryMetadata } from './loaded-dictionary.ts';

/** A cfg.json understood, whichever version wrote it. */
export interface SaelensConfig {
  config: InferenceConfig;
  /** The stored architecture was batchtopk or matryoshka_batchtopk in training: the threshold is the scalar `topk_threshold`. */
  hasScalarThreshold: boolean;
  /** Selections are by pre·‖d‖, and activations carry ‖d‖. */
  rescalesByDecoderNorm: boolean;
  /** Its weights want x · scale: a number that is known, `unknown` where it is not in cfg.json. */
  inputScale: number | 'unknown';
  isWhitened: boolean;
  /** Decoding multiplies activations by the tensor `scaling_factor`. */
  hasFinetunedScale: boolean;
  metadata: Partial<DictionaryMetadata>;
}

/** SAELens' architecture → ours. */
const architectures = {
  standard: { architecture: 'standard' },
  gated: { architecture: 'gated' },
  jumprelu: { architecture: 'jumprelu' },
  topk: { architecture: 'topk' },
  abstopk: { architecture: 'abstopk' },
  batchtopk: { architecture: 'jumprelu', hasScalarThreshold: true },
  matryoshka_batchtopk: { architecture: 'jumprelu', hasScalarThreshold: true },
  matching_pursuit: { architecture: 'matching_pursuit' },
  // Not SAELens': the same directory holds ours.
  nmf: { architecture: 'nmf' },
  transcoder: { architecture: 'standard', isTranscoder: true },
  skip_transcoder: { architecture: 'standard', isTranscoder: true },
  jumprelu_transcoder: { architecture: 'jumprelu', isTranscoder: true },
  jumprelu_skip_transcoder: { architecture: 'jumprelu', isTranscoder: true },
} as const;

interface Kind {
  architecture: InferenceConfig['architecture'];
  hasScalarThreshold?: true;
  isTranscoder?: true;
}

/** Reads cfg.json of SAELens 6 and of the versions before it, whose fields had other names and lay at the top. Throws
 *  SaeFormatError with the field, its value and what can be read. */
export function readSaelensConfig(text: string): SaelensConfig {
  const written = JsonFields.parse('cfg.json', text);
  const isCurrent = wroteVersion(written) >= 6;
  const cfg = isCurrent ? written : renameOldFields(written);
  const kind = kindOf(cfg);
  const config: InferenceConfig = {
    architecture: kind.architecture,
    dModel: cfg.size('d_in'),
    nLatents: cfg.size('d_sae'),
    k: kind.architecture === 'topk' || kind.architecture === 'abstopk' ? cfg.size('k') : undefined,
    applyBDecToInput: cfg.flag('apply_b_dec_to_input', true),
    ...readNormalization(cfg),
    concatenatedHeads: readReshape(cfg) === 'hook_z' ? true : undefined,
  };
  if (config.k !== undefined && config.k > config.nLatents)
    throw new SaeFormatError(`cfg.json has k ${config.k}, more than d_sae ${config.nLatents}`);
  if (kind.isTranscoder) {
    if (config.applyBDecToInput)
      throw new SaeFormatError(
        'cfg.json has apply_b_dec_to_input true, which a transcoder cannot have: set it to false',
      );
    config.transcoder = { dOut: cfg.size('d_out') };
  }
  if (kind.architecture === 'matching_pursuit') {
    config.pursuit = {
      residualThreshold: cfg.number('residual_threshold', 0.01),
      maxIterations: cfg.has('max_iterations') ? cfg.size('max_iterations') : config.dModel,
      stopOnDuplicateSupport: cfg.flag('stop_on_duplicate_support', true),
    };
  }
  return {
    config,
    hasScalarThreshold: kind.hasScalarThreshold ?? false,
    rescalesByDecoderNorm: rescales(cfg, kind),
    inputScale: inputScaleOf(cfg),
    isWhitened: cfg.values.normalize_activations === 'covariance_whitening',
    hasFinetunedScale: cfg.flag('finetuning_scaling_factor', false),
    metadata: readMetadata(isCurrent ? cfg.object('metadata') : cfg),
  };
}

function wroteVersion(cfg: JsonFields): number {
  const version =
    looselyTyped(cfg).text('sae_lens_version') ?? looselyTyped(cfg.object('metadata')).text('sae_lens_version');
  return Number.parseInt(version ?? '0', 10) || 0;
}

/** Names and defaults of SAELens below 6 in those of 6. */
function renameOldFields(old: JsonFields): JsonFields {
  const { hook_point, activation_fn_str, ...values } = old.values;
  const renamed: Record<string, unknown> = {
    hook_name: hook_point,
    activation_fn: activation_fn_str ?? 'relu',
    ...values,
  };
  renamed.architecture ??= 'standard';
  if (renamed.activation_fn === 'topk') {
    renamed.architecture = 'topk';
    renamed.k = old.object('activation_fn_kwargs').values.k ?? renamed.k;
  } else if (renamed.activation_fn !== 'relu') {
    throw old.refusal(activation_fn_str === undefined ? 'activation_fn' : 'activation_fn_str', 'relu or topk');
  }
  if (typeof renamed.normalize_activations === 'boolean')
    renamed.normalize_activations = renamed.normalize_activations ? 'expected_average_only_in' : 'none';
  renamed.reshape_activations ??= String(renamed.hook_name).includes('hook_z') ? 'hook_z' : 'none';
  return new JsonFields(old.fileName, renamed);
}

function kindOf(cfg: JsonFields): Kind {
  const name = cfg.text('architecture');
  if (name === 'temporal')
    throw new SaeFormatError(
      'cfg.json has architecture temporal: its activations at a token depend on all tokens before it through attention layers ' +
        'of its own, so it is no dictionary of single activations and cannot be read',
    );
  if (Object.hasOwn(architectures, name)) return architectures[name as keyof typeof architectures];
  throw new SaeFormatError(
    `cfg.json has architecture ${name.slice(0, 80)}; readable are ${Object.keys(architectures).join(', ')}`,
  );
}

function rescales(cfg: JsonFields, { architecture, hasScalarThreshold }: Kind): boolean {
  if (hasScalarThreshold) return cfg.flag('rescale_acts_by_decoder_norm', true);
  return (architecture === 'topk' || architecture === 'abstopk') && cfg.flag('rescale_acts_by_decoder_norm', false);
}

function readNormalization(cfg: JsonFields): Pick<InferenceConfig, 'inputNorm'> {
  const name = cfg.values.normalize_activations ?? 'none';
  switch (name) {
    case 'none':
    case 'expected_average_only_in':
    case 'constant_scalar_rescale':
    case 'covariance_whitening':
      return {};
    case 'constant_norm_rescale':
      return { inputNorm: 'constantNorm' };
    case 'layer_norm':
      return { inputNorm: 'layerNorm' };
  }
  throw cfg.refusal(
    'normalize_activations',
    'none, expected_average_only_in, constant_norm_rescale, constant_scalar_rescale, layer_norm or covariance_whitening',
  );
}

function inputScaleOf(cfg: JsonFields): number | 'unknown' {
  switch (cfg.values.normalize_activations) {
    case 'expected_average_only_in':
      return 'unknown';
    case 'constant_scalar_rescale': {
      const scale = cfg.number('activation_normalization_factor', 1);
      if (scale > 0) return scale;
      throw cfg.refusal('activation_normalization_factor', 'a number above 0');
    }
    default:
      return 1;
  }
}

function readReshape(cfg: JsonFields): 'none' | 'hook_z' {
  const value = cfg.values.reshape_activations ?? 'none';
  if (value === 'none' || value === 'hook_z') return value;
  throw cfg.refusal('reshape_activations', 'none or hook_z');
}

function readMetadata(fields: JsonFields): Partial<DictionaryMetadata> {
  const { text, flag, number } = looselyTyped(fields);
  return {
    modelName: text('model_name'),
    hookName: text('hook_name'),
    prependBos: flag('prepend_bos'),
    contextSize: number('context_size'),
    datasetPath: text('dataset_path'),
    hookNameOut: text('hook_name_out'),
  };
}
