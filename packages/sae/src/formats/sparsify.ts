import { SaeFormatError } from '../errors.ts';
import { transpose } from '../sae-weights.ts';
import { JsonFields } from './json-fields.ts';
import type { LoadedDictionary } from './loaded-dictionary.ts';
import { type TensorFile, takeTensor } from './tensor-file.ts';

/** Options of sparsify that make it something else than a dictionary of one place, and why. */
const refused = {
  transcode: 'it is a transcoder, which predicts what a module writes from what it reads',
  skip_connection: 'it adds a linear function of its input to what its latents decode to',
  embed_skip: "it adds a linear function of the model's embedding to what its latents decode to",
  gram_lookup: 'it subtracts a table of mean activations, which is not in the directory',
  signed: 'its activations can be negative',
} as const;

/** A sparsify directory: f = the k largest of ReLU((x − b_dec) W_encᵀ + b_enc), x̂ = f W_dec + b_dec, with `W_dec` stored as
 *  [nLatents, dModel]. location: its folder, as `layers.10.mlp`, which names the place in the model. Throws SaeFormatError, with the
 *  reason where it is no dictionary of one place. Source: sparsify, sparse_coder.py and fused_encoder.py. */
export function fromSparsify(cfgJson: string, file: TensorFile, location: string): LoadedDictionary {
  const cfg = JsonFields.parse('cfg.json', cfgJson);
  for (const [name, reason] of Object.entries(refused)) {
    if (cfg.flag(name, false))
      throw new SaeFormatError(`cfg.json of sparsify has ${name} true: ${reason}; it cannot be read`);
  }
  const activation = cfg.values.activation ?? 'topk';
  if (activation === 'groupmax')
    throw new SaeFormatError(
      'cfg.json of sparsify has activation groupmax: one latent of each of k groups fires; only topk can be read',
    );
  if (activation !== 'topk') throw cfg.refusal('activation', 'topk');
  const dModel = cfg.size('d_in');
  const nLatents = cfg.values.num_latents ? cfg.size('num_latents') : dModel * cfg.size('expansion_factor');
  const k = cfg.size('k');
  if (k > nLatents) throw new SaeFormatError(`cfg.json has k ${k}, more than its ${nLatents} latents`);
  return {
    config: { architecture: 'topk', dModel, nLatents, k, applyBDecToInput: true },
    weights: {
      wEnc: transpose(takeTensor(file, 'encoder.weight', [nLatents, dModel]), nLatents, dModel),
      wDec: takeTensor(file, 'W_dec', [nLatents, dModel]),
      bEnc: takeTensor(file, 'encoder.bias', [nLatents]),
      bDec: takeTensor(file, 'b_dec', [dModel]),
    },
    metadata: { hookName: hookOf(location) },
    notes: [],
  };
}

/** `layers.10`, `gpt_neox.layers.10.mlp`, `h.3.attn`, `embed_tokens` → TransformerLens' names: sparsify hooks what a module returns. */
function hookOf(location: string): string | undefined {
  const folder = location.split('/').at(-1) ?? '';
  if (folder === 'embed_tokens') return 'hook_embed';
  const [, layer, module] = /^(?:.*\.)?(?:layers|h)[._](\d+)(?:\.(\w+))?$/.exec(folder) ?? [];
  if (layer === undefined) return undefined;
  if (module === undefined) return `blocks.${layer}.hook_resid_post`;
  if (module === 'mlp') return `blocks.${layer}.hook_mlp_out`;
  return /^(self_)?attn$|^attention$/.test(module) ? `blocks.${layer}.hook_attn_out` : undefined;
}
