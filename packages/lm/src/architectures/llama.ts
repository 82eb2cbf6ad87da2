import { parseRope } from '../rope.ts';
import type { Architecture, TensorNames } from './architecture.ts';
import { activation, decoderShape } from './decoder-shape.ts';

/** The names that most later families kept. */
export const LLAMA_TENSORS = {
  embedding: 'model.embed_tokens',
  finalNorm: 'model.norm',
  unembedding: 'lm_head',
  block: 'model.layers.{layer}',
  attentionNorm: 'input_layernorm',
  qkv: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
  attentionOut: 'self_attn.o_proj',
  mlpNorm: 'post_attention_layernorm',
  mlpIn: ['mlp.gate_proj', 'mlp.up_proj'],
  mlpOut: 'mlp.down_proj',
} as const satisfies TensorNames;

/** Llama 1 to 3 (Touvron et al. 2023, Dubey et al. 2024), SmolLM, TinyLlama and many others: RMSNorm, rotary positions,
 *  grouped queries, a gated MLP. */
export const llama: Architecture = {
  modelType: 'llama',
  tensors: LLAMA_TENSORS,
  describe(config) {
    const shape = decoderShape(config);
    const rope = parseRope(config, { headDim: shape.headDim });
    const bias = config.flag('attention_bias', false);
    return {
      shape,
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6) },
      attention: { bias: { qkv: bias, out: bias }, rope: () => rope },
      mlp: {
        kind: 'gated',
        activation: activation(config, 'hidden_act', 'silu'),
        bias: config.flag('mlp_bias', false),
      },
      residual: 'sequential',
    };
  },
};
