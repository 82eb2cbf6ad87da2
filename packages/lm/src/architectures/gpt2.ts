import type { Architecture } from './architecture.ts';
import { activation, contextSize } from './decoder-shape.ts';

/** GPT-2 (Radford et al. 2019): learnt positions, LayerNorm, biases everywhere, matrices stored the other way round. */
export const gpt2: Architecture = {
  modelType: 'gpt2',
  tensors: {
    optionalPrefix: 'transformer.',
    embedding: 'transformer.wte',
    positions: 'transformer.wpe',
    finalNorm: 'transformer.ln_f',
    unembedding: 'lm_head',
    block: 'transformer.h.{layer}',
    attentionNorm: 'ln_1',
    qkv: ['attn.c_attn'],
    attentionOut: 'attn.c_proj',
    mlpNorm: 'ln_2',
    mlpIn: ['mlp.c_fc'],
    mlpOut: 'mlp.c_proj',
    transposed: true,
  },
  describe(config) {
    const dModel = config.positiveInteger('n_embd');
    const nHeads = config.positiveInteger('n_head');
    const headDim = dModel / nHeads;
    // ONNX Runtime's GroupQueryAttention refuses other head sizes.
    if (headDim % 8 !== 0) config.refuse('n_embd / n_head', headDim, 'a multiple of 8');
    const size = config.flag('scale_attn_weights', true) ? headDim ** -0.5 : 1;
    const isScaledByLayer = config.flag('scale_attn_by_inverse_layer_idx', false);
    config.oneOf('add_cross_attention', [false], false);
    return {
      shape: {
        nLayers: config.positiveInteger('n_layer'),
        dModel,
        nHeads,
        nKvHeads: nHeads,
        headDim,
        dMlp: config.positiveInteger('n_inner', 4 * dModel),
        vocabSize: config.positiveInteger('vocab_size'),
        contextSize: contextSize(config, 'n_positions'),
        tiedEmbeddings: config.flag('tie_word_embeddings', true),
      },
      embedding: { positions: true },
      norm: { kind: 'layer', epsilon: config.positiveNumber('layer_norm_epsilon', 1e-5) },
      attention: {
        bias: { qkv: true, out: true },
        scale: (layer) => (isScaledByLayer ? size / (layer + 1) : size),
      },
      mlp: { kind: 'plain', activation: activation(config, 'activation_function', 'gelu_new'), bias: true },
      residual: 'sequential',
    };
  },
};
