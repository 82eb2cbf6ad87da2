import { parseRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { LLAMA_TENSORS } from './llama.ts';
import { slidingWindow } from './sliding-window.ts';

/** Mistral 7B (Jiang et al. 2023): Llama with a sliding window in every layer, in the versions that have one. */
export const mistral: Architecture = {
  modelType: 'mistral',
  tensors: LLAMA_TENSORS,
  describe(config) {
    const shape = decoderShape(config);
    const rope = parseRope(config, { headDim: shape.headDim });
    const window = slidingWindow(config, 4096);
    return {
      shape,
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6) },
      attention: { window: () => window, rope: () => rope },
      mlp: { kind: 'gated', activation: activation(config, 'hidden_act', 'silu') },
      residual: 'sequential',
    };
  },
};
