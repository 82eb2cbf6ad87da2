import type { GgufFile } from './gguf-file.ts';
import type { MetadataReader } from './metadata-reader.ts';

export interface ConfigParts {
  /** The file's `general.architecture`. */
  name: string;
  gguf: GgufFile;
  metadata: MetadataReader;
  rope: Record<string, unknown>;
}

type Fields = (parts: ConfigParts) => Record<string, unknown>;

/** What an architecture's config.json has besides, or in place of, the fields that all have. */
export const SPECIFIC_FIELDS: Readonly<Record<string, Fields>> = {
  llama: ({ gguf }) => ({
    hidden_act: 'silu',
    attention_bias: gguf.tensors.has('blk.0.attn_q.bias'),
    mlp_bias: gguf.tensors.has('blk.0.ffn_up.bias'),
  }),
  // Queries, keys and values of Qwen 2 always have biases; the files name no sliding window.
  qwen2: () => ({ hidden_act: 'silu', use_sliding_window: false }),
  qwen3: ({ gguf }) => ({
    hidden_act: 'silu',
    use_sliding_window: false,
    attention_bias: gguf.tensors.has('blk.0.attn_q.bias'),
  }),
  phi3: (parts) => ({ hidden_act: 'silu', sliding_window: slidingWindow(parts), ...originalContext(parts) }),
  gemma2: (parts) => ({
    hidden_activation: 'gelu_pytorch_tanh',
    sliding_window: slidingWindow(parts),
    attn_logit_softcapping: parts.metadata.number('gemma2.attn_logit_softcapping', 50),
    final_logit_softcapping: parts.metadata.number('gemma2.final_logit_softcapping', 30),
    // The file does not say it. The largest model, alone, scales scores by the width of the model for each head.
    query_pre_attn_scalar: queryScalar(parts, 46),
  }),
  gemma3: (parts) => {
    const local = { rope_type: 'default', rope_theta: parts.metadata.number('gemma3.rope.freq_base_swa', 10_000) };
    return {
      model_type: 'gemma3_text',
      hidden_activation: 'gelu_pytorch_tanh',
      sliding_window: slidingWindow(parts),
      sliding_window_pattern: 6,
      final_logit_softcapping: null,
      query_pre_attn_scalar: queryScalar(parts, 62),
      rope_parameters: { full_attention: parts.rope, sliding_attention: local },
    };
  },
  gpt2: ({ metadata, gguf }) => {
    const width = metadata.integer('gpt2.embedding_length');
    return {
      n_embd: width,
      n_layer: metadata.integer('gpt2.block_count'),
      n_head: metadata.integer('gpt2.attention.head_count'),
      n_positions: metadata.integer('gpt2.context_length'),
      n_inner: metadata.integer('gpt2.feed_forward_length', 4 * width),
      layer_norm_epsilon: metadata.number('gpt2.attention.layer_norm_epsilon'),
      activation_function: 'gelu_new',
      tie_word_embeddings: !gguf.tensors.has('output.weight'),
    };
  },
  gptneox: ({ metadata, rope }) => {
    const headDim = metadata.integer('gptneox.embedding_length') / metadata.integer('gptneox.attention.head_count');
    return {
      model_type: 'gpt_neox',
      hidden_act: 'gelu',
      layer_norm_eps: metadata.number('gptneox.attention.layer_norm_epsilon'),
      use_parallel_residual: metadata.boolean('gptneox.use_parallel_residual', true),
      attention_bias: true,
      rotary_pct: metadata.integer('gptneox.rope.dimension_count', headDim) / headDim,
      rotary_emb_base: rope.rope_theta,
    };
  },
};

function slidingWindow({ name, metadata }: ConfigParts): number | null {
  const key = `${name}.attention.sliding_window`;
  return metadata.has(key) ? metadata.integer(key) : null;
}

function originalContext({ name, metadata }: ConfigParts): Record<string, unknown> {
  const key = `${name}.rope.scaling.original_context_length`;
  return metadata.has(key) ? { original_max_position_embeddings: metadata.integer(key) } : {};
}

/** What scores are divided by the root of: a head's size, but for the model of the given number of layers. */
function queryScalar({ name, metadata }: ConfigParts, nLayersOfLargest: number): number {
  const perHead = metadata.integer(`${name}.embedding_length`) / metadata.integer(`${name}.attention.head_count`);
  const isLargest = metadata.integer(`${name}.block_count`) === nLayersOfLargest;
  return isLargest ? perHead : metadata.integer(`${name}.attention.key_length`, perHead);
}
