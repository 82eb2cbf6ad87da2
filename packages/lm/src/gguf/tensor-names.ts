import type { WeightLayout } from './weight-layouts.ts';

/** A checkpoint's name for a weight → the name in a GGUF file and how it is laid out there. */
type NameTable = Readonly<Record<string, readonly [gguf: string, layout: WeightLayout]>>;

export interface ArchitectureNames {
  /** What precedes the layer's number in a checkpoint. */
  blockPrefix: string;
  outer: NameTable;
  block: NameTable;
}

const same = (name: string) => [name, 'same'] as const;

/** A weight and its bias, both laid out alike. */
function linear(checkpoint: string, gguf: string, layout: WeightLayout = 'same'): NameTable {
  return { [`${checkpoint}.weight`]: [`${gguf}.weight`, layout], [`${checkpoint}.bias`]: [`${gguf}.bias`, layout] };
}

const decoderOuter: NameTable = {
  'model.embed_tokens.weight': same('token_embd.weight'),
  'model.norm.weight': same('output_norm.weight'),
  'lm_head.weight': same('output.weight'),
};

const mlp: NameTable = {
  'mlp.gate_proj.weight': same('ffn_gate.weight'),
  'mlp.up_proj.weight': same('ffn_up.weight'),
  'mlp.down_proj.weight': same('ffn_down.weight'),
};

const attention: NameTable = {
  ...linear('self_attn.q_proj', 'attn_q'),
  ...linear('self_attn.k_proj', 'attn_k'),
  ...linear('self_attn.v_proj', 'attn_v'),
  ...linear('self_attn.o_proj', 'attn_output'),
};

const twoNorms: NameTable = {
  'input_layernorm.weight': same('attn_norm.weight'),
  'post_attention_layernorm.weight': same('ffn_norm.weight'),
};

const llama: ArchitectureNames = {
  blockPrefix: 'model.layers.',
  outer: decoderOuter,
  block: {
    ...attention,
    ...linear('self_attn.q_proj', 'attn_q', 'interleaved-q'),
    ...linear('self_attn.k_proj', 'attn_k', 'interleaved-k'),
    ...mlp,
    ...twoNorms,
  },
};

const qwen2: ArchitectureNames = {
  blockPrefix: 'model.layers.',
  outer: decoderOuter,
  block: { ...attention, ...mlp, ...twoNorms },
};

const qwen3: ArchitectureNames = {
  ...qwen2,
  block: {
    ...qwen2.block,
    'self_attn.q_norm.weight': same('attn_q_norm.weight'),
    'self_attn.k_norm.weight': same('attn_k_norm.weight'),
  },
};

const gemma2: ArchitectureNames = {
  blockPrefix: 'model.layers.',
  outer: { ...decoderOuter, 'model.norm.weight': ['output_norm.weight', 'plus-one'] },
  block: {
    ...attention,
    ...mlp,
    'input_layernorm.weight': ['attn_norm.weight', 'plus-one'],
    'post_attention_layernorm.weight': ['post_attention_norm.weight', 'plus-one'],
    'pre_feedforward_layernorm.weight': ['ffn_norm.weight', 'plus-one'],
    'post_feedforward_layernorm.weight': ['post_ffw_norm.weight', 'plus-one'],
  },
};

const gemma3: ArchitectureNames = {
  ...gemma2,
  block: {
    ...gemma2.block,
    'self_attn.q_norm.weight': ['attn_q_norm.weight', 'plus-one'],
    'self_attn.k_norm.weight': ['attn_k_norm.weight', 'plus-one'],
  },
};

const phi3: ArchitectureNames = {
  blockPrefix: 'model.layers.',
  outer: decoderOuter,
  block: {
    'self_attn.qkv_proj.weight': same('attn_qkv.weight'),
    'self_attn.o_proj.weight': same('attn_output.weight'),
    'mlp.gate_up_proj.weight': same('ffn_up.weight'),
    'mlp.down_proj.weight': same('ffn_down.weight'),
    ...twoNorms,
  },
};

/** GPT-2 keeps its matrices as [in, out]. */
function conv1d(checkpoint: string, gguf: string): NameTable {
  return { ...linear(checkpoint, gguf), [`${checkpoint}.weight`]: [`${gguf}.weight`, 'transposed'] };
}

const gpt2: ArchitectureNames = {
  blockPrefix: 'transformer.h.',
  outer: {
    'transformer.wte.weight': same('token_embd.weight'),
    'transformer.wpe.weight': same('position_embd.weight'),
    ...linear('transformer.ln_f', 'output_norm'),
    'lm_head.weight': same('output.weight'),
  },
  block: {
    ...linear('ln_1', 'attn_norm'),
    ...conv1d('attn.c_attn', 'attn_qkv'),
    ...conv1d('attn.c_proj', 'attn_output'),
    ...linear('ln_2', 'ffn_norm'),
    ...conv1d('mlp.c_fc', 'ffn_up'),
    ...conv1d('mlp.c_proj', 'ffn_down'),
  },
};

const gptneox: ArchitectureNames = {
  blockPrefix: 'gpt_neox.layers.',
  outer: {
    'gpt_neox.embed_in.weight': same('token_embd.weight'),
    ...linear('gpt_neox.final_layer_norm', 'output_norm'),
    'embed_out.weight': same('output.weight'),
  },
  block: {
    ...linear('input_layernorm', 'attn_norm'),
    ...linear('post_attention_layernorm', 'ffn_norm'),
    ...linear('attention.query_key_value', 'attn_qkv', 'split-qkv'),
    ...linear('attention.dense', 'attn_output'),
    ...linear('mlp.dense_h_to_4h', 'ffn_up'),
    ...linear('mlp.dense_4h_to_h', 'ffn_down'),
  },
};

/** By the file's `general.architecture`. Mistral's files say llama. */
export const ARCHITECTURE_NAMES: ReadonlyMap<string, ArchitectureNames> = new Map(
  Object.entries({ llama, qwen2, qwen3, gemma2, gemma3, phi3, gpt2, gptneox }),
);

/** The file's name and layout of a checkpoint's weight; undefined for a name the architecture does not have. */
export function fileName(
  names: ArchitectureNames,
  checkpoint: string,
): { name: string; layout: WeightLayout } | undefined {
  const outer = names.outer[checkpoint];
  if (outer) return { name: outer[0], layout: outer[1] };
  if (!checkpoint.startsWith(names.blockPrefix)) return undefined;
  const [layer, ...rest] = checkpoint.slice(names.blockPrefix.length).split('.');
  const block = names.block[rest.join('.')];
  return block && { name: `blk.${layer}.${block[0]}`, layout: block[1] };
}

/** Whether an architecture has a weight of that name in its files. */
export function isKnownFileName(names: ArchitectureNames, name: string): boolean {
  const suffix = /^blk\.\d+\.(.+)$/.exec(name)?.[1];
  const table = suffix === undefined ? names.outer : names.block;
  return Object.values(table).some(([known]) => known === (suffix ?? name));
}
