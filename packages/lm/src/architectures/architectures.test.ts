import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hookNames } from '../hook-points.ts';
import { describeModel, parseModelConfig } from '../model-config.ts';

const fixture = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}/config.json`, import.meta.url), 'utf8'));

const layers = <T>(value: ((layer: number) => T) | undefined, count = 3) =>
  Array.from({ length: count }, (_, layer) => value?.(layer));

describe('sliding windows', () => {
  it('follow layer_types, else the rule of the architecture', () => {
    const windows = (raw: Record<string, unknown>) => layers(describeModel(raw).description.attention.window);
    const gemma2 = { ...fixture('gemma2'), layer_types: undefined };
    expect(windows(gemma2)).toEqual([6, null, 6]);
    const types = ['full_attention', 'full_attention', 'sliding_attention'];
    expect(windows({ ...gemma2, layer_types: types })).toEqual([null, null, 6]);
    const gemma3 = { ...fixture('gemma3'), layer_types: undefined };
    expect(windows({ ...gemma3, sliding_window_pattern: 2 })).toEqual([6, null, 6]);
    expect(windows(gemma3)).toEqual([6, 6, 6]);
    const qwen2 = { ...fixture('qwen2'), layer_types: undefined };
    expect(windows(qwen2)).toEqual([null, 6, 6]);
    expect(windows({ ...qwen2, max_window_layers: 0 })).toEqual([6, 6, 6]);
    expect(windows({ ...qwen2, use_sliding_window: false })).toEqual([null, null, null]);
    const mistral = fixture('mistral');
    expect(windows({ ...mistral, sliding_window: null })).toEqual([null, null, null]);
    expect(windows({ ...mistral, sliding_window: undefined })).toEqual([4096, 4096, 4096]);
    expect(windows({ ...fixture('phi3'), sliding_window: undefined })).toEqual([null, null, null]);
  });
});

describe('older spellings', () => {
  it('of Gemma 3 name both rotary bases beside each other', () => {
    const newer = fixture('gemma3');
    const older = {
      ...newer,
      rope_parameters: undefined,
      rope_theta: 1_000_000,
      rope_local_base_freq: 10_000,
      rope_scaling: { rope_type: 'linear', factor: 8 },
    };
    const rope = layers(describeModel(newer).description.attention.rope);
    expect(layers(describeModel(older).description.attention.rope)).toEqual(rope);
    expect(rope.map((settings) => settings?.theta)).toEqual([10_000, 10_000, 1_000_000]);
  });

  it('of GPT-NeoX call them rotary_pct and rotary_emb_base', () => {
    const older = { ...fixture('gpt-neox'), rope_parameters: undefined, rotary_pct: 0.5, rotary_emb_base: 500 };
    expect(describeModel(older).description.attention.rope?.(0)).toMatchObject({ theta: 500, rotaryDim: 8 });
  });

  it('of LongRoPE call it su and name the first context outside', () => {
    const newer = fixture('phi3-longrope');
    const {
      rope_theta: theta,
      partial_rotary_factor: share,
      ...scaling
    } = newer.rope_parameters as Record<string, unknown>;
    const older = {
      ...newer,
      rope_parameters: undefined,
      rope_theta: theta,
      partial_rotary_factor: share,
      rope_scaling: { ...scaling, original_max_position_embeddings: undefined, rope_type: undefined, type: 'su' },
    };
    expect(describeModel(older).description.attention.rope?.(0)).toEqual(
      describeModel(newer).description.attention.rope?.(0),
    );
    expect(parseModelConfig(older).contextSize).toBe(32);
  });
});

it('models with attention and MLP side by side have no residual stream in between', () => {
  const names = (raw: Record<string, unknown>) => hookNames(parseModelConfig(raw)).map(({ name }) => name);
  expect(names(fixture('gpt-neox'))).not.toContain('blocks.0.hook_resid_mid');
  expect(names(fixture('gpt-neox-sequential'))).toContain('blocks.0.hook_resid_mid');
});

describe('an unsupported value is refused by its field', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['gemma2', 'use_bidirectional_attention', { use_bidirectional_attention: true }],
    ['gemma2', 'layer_types', { layer_types: ['chunked_attention', 'full_attention', 'full_attention'] }],
    ['gemma2', 'layer_types', { layer_types: ['full_attention'] }],
    ['gemma2', 'attn_logit_softcapping', { attn_logit_softcapping: -1 }],
    ['gemma2', 'hidden_activation', { hidden_activation: 'quick_gelu' }],
    ['gemma3', 'use_bidirectional_attention', { use_bidirectional_attention: true }],
    ['gemma3', 'attn_logit_softcapping', { attn_logit_softcapping: 50 }],
    ['gpt2', 'add_cross_attention', { add_cross_attention: true }],
    ['gpt2', 'activation_function', { activation_function: 'tanh' }],
    ['gpt2', 'n_positions', { n_positions: 2_000_000 }],
    ['gpt2', 'n_head', { n_head: 0 }],
    ['gpt2', 'n_embd / n_head', { n_embd: 36, n_head: 3 }],
    ['gpt-neox', 'hidden_size / num_attention_heads', { hidden_size: 40 }],
    ['gpt-neox', 'partial_rotary_factor', { rope_parameters: { partial_rotary_factor: 2 } }],
    ['mistral', 'sliding_window', { sliding_window: 0 }],
    ['phi3', 'sliding_window', { sliding_window: 'wide' }],
    ['qwen2', 'max_window_layers', { max_window_layers: -1 }],
    ['qwen3', 'head_dim', { head_dim: 24 }],
  ])('%s: %s', (name, field, change) => {
    expect(() => parseModelConfig({ ...fixture(name), ...change })).toThrow(`config.json: "${field}" is`);
  });

  it('says which architectures there are', () => {
    expect(() => parseModelConfig({ model_type: 'mamba' })).toThrow(
      'config.json: "model_type" is "mamba"; expected "llama" or "gpt2" or "gpt_neox"',
    );
  });

  it('names the factors that LongRoPE lacks', () => {
    const raw = fixture('phi3-longrope');
    const rope = { ...(raw.rope_parameters as object), short_factor: [1, 2] };
    expect(() => parseModelConfig({ ...raw, rope_parameters: rope })).toThrow(
      '"short_factor" is [1,2]; expected 6 positive numbers',
    );
  });
});
