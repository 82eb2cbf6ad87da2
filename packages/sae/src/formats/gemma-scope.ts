import { SaeFormatError } from '../errors.ts';
import type { InferenceConfig } from '../inference-config.ts';
import { foldInputScale, type SaeWeights } from '../sae-weights.ts';
import type { DictionaryMetadata, LoadedDictionary } from './loaded-dictionary.ts';
import { hasTensor, type TensorFile, takeTensor } from './tensor-file.ts';

/** Names of the tensors: Gemma Scope's, and Gemma Scope 2's in small letters. */
export const gemmaScopeTensors = ['W_enc', 'W_dec', 'b_enc', 'b_dec', 'threshold'] as const;

/** A Gemma Scope dictionary: JumpReLU, f = ReLU(pre) · [pre > θ] with pre = x W_enc + b_enc, x̂ = f W_dec + b_dec; b_dec is not
 *  subtracted from the input. file: params.npz, or params.safetensors of Gemma Scope 2. location: its folders, as
 *  `gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71`: what it was trained on stands nowhere else. Transcoders are read as
 *  such. Throws SaeFormatError. Source: Lieberum et al. 2024, §2; the release's tutorial. */
export function fromGemmaScope(file: TensorFile, location: string): LoadedDictionary {
  const nameOf = (name: string) => (hasTensor(file, name) ? name : hasTensor(file, small(name)) ? small(name) : name);
  const [dModel, nLatents] = widths(file, nameOf('W_enc'));
  const isTranscoder = /transcoder|(^|\/)clt/.test(location) || hasTensor(file, 'affine_skip_connection');
  const dOut = isTranscoder ? (file.tensors[nameOf('b_dec')]?.shape.at(-1) ?? dModel) : dModel;
  const weights: SaeWeights = {
    wEnc: takeTensor(file, nameOf('W_enc'), [dModel, nLatents]),
    wDec: takeTensor(file, nameOf('W_dec'), [nLatents, dOut]),
    bEnc: takeTensor(file, nameOf('b_enc'), [nLatents]),
    bDec: takeTensor(file, nameOf('b_dec'), [dOut]),
    threshold: takeTensor(file, nameOf('threshold'), [nLatents]),
  };
  if (hasTensor(file, 'affine_skip_connection'))
    weights.wSkip = takeTensor(file, 'affine_skip_connection', [dModel, dOut]);
  const metadata = originOf(location);
  const config: InferenceConfig = {
    architecture: 'jumprelu',
    dModel,
    nLatents,
    applyBDecToInput: false,
    ...(metadata.hookName?.endsWith('hook_z') ? { concatenatedHeads: true } : {}),
    ...(isTranscoder ? { transcoder: { dOut } } : {}),
  };
  const notes = metadata.hookName
    ? []
    : ['Where in the model it was trained is not in the file: choose the hook by the name of the release.'];
  if (!/(^|\/)embedding/.test(location)) return { config, weights, metadata, notes };
  notes.push(
    'It was trained on embeddings before Gemma multiplies them by √dModel: that factor is folded into the weights.',
  );
  return { config, weights: foldInputScale(weights, 1 / Math.sqrt(dModel)), metadata, notes };
}

function small(name: string): string {
  return name.replace('W_', 'w_');
}

function widths(file: TensorFile, name: string): [number, number] {
  const shape = file.tensors[name]?.shape;
  if (shape?.length === 2) return [shape[0], shape[1]];
  if (shape === undefined) takeTensor(file, name, []);
  throw new SaeFormatError(`${file.fileName}: tensor ${name} must have shape [dModel, nLatents], but has [${shape}]`);
}

/** Release names are gemma-scope-{2b|9b|27b}-{pt|it}-{res|att|mlp|transcoders}. Attention dictionaries read the concatenated heads. */
function originOf(location: string): Partial<DictionaryMetadata> {
  const release = /gemma-scope-(\d+b)-(pt|it)-(res|att|mlp|transcoders)/.exec(location);
  if (!release) return {};
  const [, size, variant, place] = release;
  const metadata = {
    modelName: `gemma-2-${size}${variant === 'it' ? '-it' : ''}`,
    prependBos: true,
    contextSize: 1024,
  };
  if (/(^|\/)embedding/.test(location)) return { ...metadata, hookName: 'hook_embed' };
  const layer = /layer_(\d+)/.exec(location)?.[1];
  if (layer === undefined) return metadata;
  const block = `blocks.${layer}.`;
  switch (place) {
    case 'att':
      return { ...metadata, hookName: `${block}attn.hook_z` };
    case 'mlp':
      return { ...metadata, hookName: `${block}hook_mlp_out` };
    case 'transcoders':
      return { ...metadata, hookName: `${block}ln2.hook_normalized`, hookNameOut: `${block}hook_mlp_out` };
    default:
      return { ...metadata, hookName: `${block}hook_resid_post` };
  }
}
