import { parseRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import { describeGemma, GEMMA_TENSORS } from './gemma.ts';

/** Gemma 2 (Gemma Team 2024): softcaps on attention scores and logits, a sliding window in every other layer. */
export const gemma2: Architecture = {
  modelType: 'gemma2',
  tensors: GEMMA_TENSORS,
  describe(config) {
    const { common } = describeGemma(config, (layer) => layer % 2 === 0);
    const rope = parseRope(config, { headDim: common.shape.headDim });
    return {
      ...common,
      attention: {
        ...common.attention,
        softcap: config.optionalNumber('attn_logit_softcapping', 50),
        rope: () => rope,
      },
      logitSoftcap: config.optionalNumber('final_logit_softcapping', 30),
    };
  },
};
