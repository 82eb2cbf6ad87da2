import { type RopeConfig, readRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import type { ConfigFields } from './config-fields.ts';
import { describeGemma, GEMMA_TENSORS } from './gemma.ts';

/** Gemma 3, text (Gemma Team 2025): Gemma 2 with normed queries and keys in place of the softcap on attention, five
 *  layers with a sliding window to each that sees all, and a rotary base of its own for either kind. */
export const gemma3: Architecture = {
  modelType: 'gemma3_text',
  tensors: { ...GEMMA_TENSORS, queryNorm: 'self_attn.q_norm', keyNorm: 'self_attn.k_norm' },
  describe(config) {
    const pattern = config.positiveInteger('sliding_window_pattern', 6);
    const { common, isSliding } = describeGemma(config, (layer) => (layer + 1) % pattern !== 0);
    const rope = ropeByReach(config, common.shape.headDim);
    config.absent('attn_logit_softcapping');
    return {
      ...common,
      attention: {
        ...common.attention,
        qkNorm: true,
        rope: (layer) => (isSliding(layer) ? rope.local : rope.global),
      },
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
