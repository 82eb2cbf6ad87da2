import { parseRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { LLAMA_TENSORS } from './llama.ts';
import { qwenWindow } from './sliding-window.ts';

/** Qwen 3, dense (Yang et al. 2025): Llama with each head's query and key normed before they are rotated. */
export const qwen3: Architecture = {
  modelType: 'qwen3',
  tensors: { ...LLAMA_TENSORS, queryNorm: 'self_attn.q_norm', keyNorm: 'self_attn.k_norm' },
  describe(config) {
    const shape = decoderShape(config, { headDim: 128 });
    const rope = parseRope(config, { headDim: shape.headDim });
    const bias = config.flag('attention_bias', false);
    return {
      shape,
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6) },
      attention: {
        bias: { qkv: bias, out: bias },
        qkNorm: true,
        window: qwenWindow(config, shape.nLayers),
        rope: () => rope,
      },
      mlp: { kind: 'gated', activation: activation(config, 'hidden_act', 'silu') },
      residual: 'sequential',
    };
  },
};
