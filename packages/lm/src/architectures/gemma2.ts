import { parseRope } from '../rope.ts';
import type { Architecture, TensorNames } from './architecture.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { LLAMA_TENSORS } from './llama.ts';
import { slidingLayers, slidingWindow } from './sliding-window.ts';

export const GEMMA_TENSORS = {
  ...LLAMA_TENSORS,
  attentionPostNorm: 'post_attention_layernorm',
  mlpNorm: 'pre_feedforward_layernorm',
  mlpPostNorm: 'post_feedforward_layernorm',
} as const satisfies TensorNames;

/** Gemma 2 (Gemma Team 2024): scaled embeddings, norms before and after attention and MLP, gains stored less one,
 *  softcaps on attention scores and logits, a sliding window in every other layer. */
export const gemma2: Architecture = {
  modelType: 'gemma2',
  tensors: GEMMA_TENSORS,
  describe(config) {
    const shape = decoderShape(config, { headDim: 256, tied: true });
    const rope = parseRope(config, { headDim: shape.headDim });
    const scale = config.positiveNumber('query_pre_attn_scalar', 256) ** -0.5;
    const bias = config.flag('attention_bias', false);
    const window = slidingWindow(config, 4096);
    const isSliding = slidingLayers(config, shape.nLayers, (layer) => layer % 2 === 0);
    config.oneOf('use_bidirectional_attention', [false], false);
    return {
      shape,
      embedding: { scale: Math.sqrt(shape.dModel) },
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6), gainOffset: 1 },
      postNorms: true,
      attention: {
        bias: { qkv: bias, out: bias },
        scale: () => scale,
        softcap: config.optionalNumber('attn_logit_softcapping', 50),
        window: (layer) => (isSliding(layer) ? window : null),
        rope: () => rope,
      },
      mlp: { kind: 'gated', activation: activation(config, 'hidden_activation', 'gelu_pytorch_tanh') },
      residual: 'sequential',
      logitSoftcap: config.optionalNumber('final_logit_softcapping', 30),
    };
  },
};
