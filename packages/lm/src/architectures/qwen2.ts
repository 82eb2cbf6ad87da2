import { parseRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { LLAMA_TENSORS } from './llama.ts';
import { qwenWindow } from './sliding-window.ts';

/** Qwen 1.5, 2 and 2.5 (Yang et al. 2024): Llama with biases on query, key and value. */
export const qwen2: Architecture = {
  modelType: 'qwen2',
  tensors: LLAMA_TENSORS,
  describe(config) {
    const shape = decoderShape(config);
    const rope = parseRope(config, { headDim: shape.headDim });
    return {
      shape,
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6) },
      attention: { bias: { qkv: true, out: false }, window: qwenWindow(config, shape.nLayers), rope: () => rope },
      mlp: { kind: 'gated', activation: activation(config, 'hidden_act', 'silu') },
      residual: 'sequential',
    };
  },
};
