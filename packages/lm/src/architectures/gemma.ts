import type { Attention, Description, TensorNames } from './architecture.ts';
import type { ConfigFields } from './config-fields.ts';
import { activation, decoderShape } from './decoder-shape.ts';
import { LLAMA_TENSORS } from './llama.ts';
import { slidingLayers, slidingWindow } from './sliding-window.ts';

export const GEMMA_TENSORS = {
  ...LLAMA_TENSORS,
  attentionPostNorm: 'post_attention_layernorm',
  mlpNorm: 'pre_feedforward_layernorm',
  mlpPostNorm: 'post_feedforward_layernorm',
} as const satisfies TensorNames;

type Common = Pick<Description, 'shape' | 'embedding' | 'norm' | 'postNorms' | 'mlp' | 'residual'> & {
  attention: Pick<Attention, 'bias' | 'scale' | 'window'>;
};

/** What Gemma 2 and 3 have in common: scaled embeddings, norms before and after attention and MLP, gains stored less one, a sliding
 *  window in some layers. slidesByDefault: in which, where the file has no `layer_types`. */
export function describeGemma(
  config: ConfigFields,
  slidesByDefault: (layer: number) => boolean,
): { common: Common; isSliding: (layer: number) => boolean } {
  const shape = decoderShape(config, { headDim: 256, tied: true });
  const scale = config.positiveNumber('query_pre_attn_scalar', 256) ** -0.5;
  const bias = config.flag('attention_bias', false);
  const window = slidingWindow(config, 4096);
  const isSliding = slidingLayers(config, shape.nLayers, slidesByDefault);
  config.oneOf('use_bidirectional_attention', [false], false);
  const common: Common = {
    shape,
    embedding: { scale: Math.sqrt(shape.dModel) },
    norm: { kind: 'rms', epsilon: config.positiveNumber('rms_norm_eps', 1e-6), gainOffset: 1 },
    postNorms: true,
    attention: {
      bias: { qkv: bias, out: bias },
      scale: () => scale,
      window: (layer) => (isSliding(layer) ? window : null),
    },
    mlp: { kind: 'gated', activation: activation(config, 'hidden_activation', 'gelu_pytorch_tanh') },
    residual: 'sequential',
  };
  return { common, isSliding };
}
