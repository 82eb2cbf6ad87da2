import { type RopeConfig, readRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import type { ConfigFields } from './config-fields.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { GEMMA_TENSORS } from './gemma2.ts';
import { slidingLayers, slidingWindow } from './sliding-window.ts';

/** Gemma 3, text (Gemma Team 2025): Gemma 2 with normed queries and keys in place of the softcap on attention, five
 *  layers with a sliding window to each that sees all, and a rotary base of its own for either kind. */
export const gemma3: Architecture = {
  modelType: 'gemma3_text',
  tensors: { ...GEMMA_TENSORS, queryNorm: 'self_attn.q_norm', keyNorm: 'self_attn.k_norm' },
  describe(config) {
    const shape = decoderShape(config, { headDim: 256, tied: true });
    const rope = ropeByReach(config, shape.headDim);
    const scale = config.positiveNumber('query_pre_attn_scalar', 256) ** -0.5;
    const bias = config.flag('attention_bias', false);
    const window = slidingWindow(config, 4096);
    const pattern = config.positiveInteger('sliding_window_pattern', 6);
    const isSliding = slidingLayers(config, shape.nLayers, (layer) => (layer + 1) % pattern !== 0);
    config.oneOf('use_bidirectional_attention', [false], false);
    config.absent('attn_logit_softcapping');
    return {
      shape,
      embedding: { scale: Math.sqrt(shape.dModel) },
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6), gainOffset: 1 },
      postNorms: true,
      attention: {
        bias: { qkv: bias, out: bias },
        qkNorm: true,
        scale: () => scale,
        window: (layer) => (isSliding(layer) ? window : null),
        rope: (layer) => (isSliding(layer) ? rope.local : rope.global),
      },
      mlp: { kind: 'gated', activation: activation(config, 'hidden_activation', 'gelu_pytorch_tanh') },
      residual: 'sequential',
      logitSoftcap: config.optionalNumber('final_logit_softcapping', null),
    };
  },
};

/** Older files spell the two bases `rope_theta` and `rope_local_base_freq` and stretch the global one by `rope_scaling`;
 *  newer ones nest both under `rope_parameters`, by the kind of layer. */
function ropeByReach(config: ConfigFields, headDim: number): Record<'local' | 'global', RopeConfig> {
  const nested = config.nested('rope_parameters');
  const globalSettings = nested ? nested.nested('full_attention') : config.nested('rope_scaling');
  return {
    global: readRope(globalSettings, { headDim, theta: config.positiveNumber('rope_theta', 1_000_000) }),
    local: readRope(nested?.nested('sliding_attention') ?? null, {
      headDim,
      theta: config.positiveNumber('rope_local_base_freq', 10_000),
    }),
  };
}
