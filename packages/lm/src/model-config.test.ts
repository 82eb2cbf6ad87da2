import { describe, expect, it } from 'vitest';
import { ModelFormatError } from './errors.ts';
import { parseModelConfig } from './model-config.ts';

const SMALL = {
  model_type: 'llama',
  hidden_size: 64,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 96,
  num_hidden_layers: 3,
  vocab_size: 100,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  rope_theta: 50_000,
};

describe('parseModelConfig', () => {
  it('fills what is absent and counts parameters', () => {
    const config = parseModelConfig(SMALL);
    expect(config).toMatchObject({
      headDim: 16,
      contextSize: 128,
      residual: 'sequential',
      bosTokenId: null,
      eosTokenIds: [],
    });
    // Attention 64·64 + 2·64·32 + 64·64, MLP 3·64·96, two norms of 64, three times; embedding 6,400; final norm 64.
    expect(config.nParameters).toBe(3 * (4096 + 4096 + 4096 + 18_432 + 128) + 6400 + 64);
    expect(parseModelConfig({ ...SMALL, tie_word_embeddings: false }).nParameters).toBe(config.nParameters + 6400);
  });

  it('takes one end-of-text token or several', () => {
    expect(parseModelConfig({ ...SMALL, eos_token_id: 7 }).eosTokenIds).toEqual([7]);
    expect(parseModelConfig({ ...SMALL, eos_token_id: [7, 9] }).eosTokenIds).toEqual([7, 9]);
  });

  it('says that a language model is only a part of what is there', () => {
    const parse = () =>
      parseModelConfig({ model_type: 'gemma3', text_config: { ...SMALL, model_type: 'gemma3_text' } });
    expect(parse).toThrow(/"model_type" is "gemma3"; expected a language model by itself: .* under "text_config"/);
    expect(parse).toThrow(/Add its text-only version, or a GGUF file/);
  });

  it.each<[string, Record<string, unknown>]>([
    ['model_type', { model_type: 'gemma3' }],
    ['hidden_act', { hidden_act: 'mish' }],
    ['attention_bias', { attention_bias: 'yes' }],
    ['mlp_bias', { mlp_bias: 1 }],
    ['hidden_size', { hidden_size: '64' }],
    ['num_hidden_layers', { num_hidden_layers: 0 }],
    ['num_hidden_layers', { num_hidden_layers: 1e12 }],
    ['max_position_embeddings', { max_position_embeddings: 2_000_000 }],
    ['num_key_value_heads', { num_key_value_heads: 3 }],
    ['head_dim', { head_dim: 24 }],
    ['rms_norm_eps', { rms_norm_eps: 0 }],
    ['rope_type', { rope_scaling: { rope_type: 'yarn', factor: 2 } }],
    ['rope_type', { rope_scaling: { rope_type: 'dynamic', factor: 2 } }],
    ['partial_rotary_factor', { partial_rotary_factor: 0.5 }],
    ['factor', { rope_scaling: { rope_type: 'linear' } }],
    ['bos_token_id', { bos_token_id: 100 }],
  ])('refuses an unsupported %s by name', (field, change) => {
    const parse = () => parseModelConfig({ ...SMALL, ...change });
    expect(parse).toThrow(ModelFormatError);
    expect(parse).toThrow(`"${field}" is`);
  });
});
