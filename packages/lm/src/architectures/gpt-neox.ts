import { parseRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';
import { activation, contextSize, rotaryHeadDim } from './decoder-shape.ts';

/** GPT-NeoX (Black et al. 2022) and Pythia: attention and MLP side by side, LayerNorm, biases, and rotary positions on the
 *  first part of each head. */
export const gptNeox: Architecture = {
  modelType: 'gpt_neox',
  tensors: {
    embedding: 'gpt_neox.embed_in',
    finalNorm: 'gpt_neox.final_layer_norm',
    unembedding: 'embed_out',
    block: 'gpt_neox.layers.{layer}',
    attentionNorm: 'input_layernorm',
    qkv: ['attention.query_key_value'],
    qkvOrder: 'per-head',
    attentionOut: 'attention.dense',
    mlpNorm: 'post_attention_layernorm',
    mlpIn: ['mlp.dense_h_to_4h'],
    mlpOut: 'mlp.dense_4h_to_h',
  },
  describe(config) {
    const dModel = config.positiveInteger('hidden_size');
    const nHeads = config.positiveInteger('num_attention_heads');
    const headDim = rotaryHeadDim(config, 'hidden_size / num_attention_heads', dModel / nHeads);
    const bias = config.flag('attention_bias', true);
    const rope = parseRope(config, {
      headDim,
      theta: config.positiveNumber('rotary_emb_base', 10_000),
      rotaryShare: config.positiveNumber('rotary_pct', 0.25),
    });
    return {
      shape: {
        nLayers: config.positiveInteger('num_hidden_layers'),
        dModel,
        nHeads,
        nKvHeads: nHeads,
        headDim,
        dMlp: config.positiveInteger('intermediate_size'),
        vocabSize: config.positiveInteger('vocab_size'),
        contextSize: contextSize(config, 'max_position_embeddings'),
        tiedEmbeddings: config.flag('tie_word_embeddings', false),
      },
      norm: { kind: 'layer', epsilon: config.positiveNumber('layer_norm_eps', 1e-5) },
      attention: { bias: { qkv: bias, out: bias }, rope: () => rope },
      mlp: { kind: 'plain', activation: activation(config, 'hidden_act', 'gelu'), bias: true },
      residual: config.flag('use_parallel_residual', true) ? 'parallel' : 'sequential',
    };
  },
};
