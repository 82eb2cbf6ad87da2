import { type LongRope, parseRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import type { ConfigFields } from './config-fields.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { LLAMA_TENSORS } from './llama.ts';
import { slidingWindow } from './sliding-window.ts';

/** Phi-3, Phi-3.5 and Phi-4 (Abdin et al. 2024): Llama with fused matrices and, in some, a sliding window, heads that turn
 *  in part, or LongRoPE. Of a LongRoPE model only the context it was first trained on is offered: a longer text switches
 *  to other frequencies for all of its positions, which a cache of earlier keys cannot follow. */
export const phi3: Architecture = {
  modelType: 'phi3',
  tensors: { ...LLAMA_TENSORS, qkv: ['self_attn.qkv_proj'], mlpIn: ['mlp.gate_up_proj'] },
  describe(config) {
    const shape = decoderShape(config);
    const trainedContext = trainedContextOf(config);
    const rope = parseRope(config, {
      headDim: shape.headDim,
      rotaryShare: 1,
      longRope: (nested, rotaryDim) => longRope(nested, rotaryDim, { trainedContext, contextSize: shape.contextSize }),
    });
    const window = slidingWindow(config, null);
    const isLong = rope.scaling.type === 'longrope';
    return {
      shape: { ...shape, contextSize: isLong ? Math.min(shape.contextSize, trainedContext) : shape.contextSize },
      norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-5) },
      attention: { window: () => window, rope: () => rope },
      mlp: { kind: 'gated', activation: activation(config, 'hidden_act', 'silu') },
      residual: 'sequential',
    };
  },
};

function trainedContextOf(config: ConfigFields): number {
  const field = 'original_max_position_embeddings';
  const outer = config.positiveInteger(field, 4096);
  return (config.nested('rope_parameters') ?? config.nested('rope_scaling'))?.positiveInteger(field, outer) ?? outer;
}

/** The amplitude is √(1 + ln s / ln c) for a context of c that was stretched s times (Ding et al. 2024, appendix). */
function longRope(
  nested: ConfigFields,
  rotaryDim: number,
  { trainedContext, contextSize }: { trainedContext: number; contextSize: number },
): LongRope {
  const stretched = nested.positiveNumber('factor', contextSize / trainedContext);
  const amplitude = stretched <= 1 ? 1 : Math.sqrt(1 + Math.log(stretched) / Math.log(trainedContext));
  return {
    type: 'longrope',
    factors: nested.positiveNumbers('short_factor', rotaryDim / 2),
    amplitude: nested.positiveNumber('attention_factor', amplitude),
  };
}
