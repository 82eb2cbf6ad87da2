import type { Activation, Shape } from './architecture.ts';
import type { ConfigFields } from './config-fields.ts';

const MAX_CONTEXT_SIZE = 1_048_576;

/** Sizes under the names that most config.json files use. headDim and tied: what an absent `head_dim` and
 *  `tie_word_embeddings` mean for the architecture. */
export function decoderShape(config: ConfigFields, absent: { headDim?: number; tied?: boolean } = {}): Shape {
  const dModel = config.positiveInteger('hidden_size');
  const nHeads = config.positiveInteger('num_attention_heads');
  const nKvHeads = config.positiveInteger('num_key_value_heads', nHeads);
  if (nHeads % nKvHeads !== 0) {
    config.refuse('num_key_value_heads', nKvHeads, `a divisor of num_attention_heads (${nHeads})`);
  }
  return {
    nLayers: config.positiveInteger('num_hidden_layers'),
    dModel,
    nHeads,
    nKvHeads,
    headDim: rotaryHeadDim(config, 'head_dim', config.positiveInteger('head_dim', absent.headDim ?? dModel / nHeads)),
    dMlp: config.positiveInteger('intermediate_size'),
    vocabSize: config.positiveInteger('vocab_size'),
    contextSize: contextSize(config, 'max_position_embeddings'),
    tiedEmbeddings: config.flag('tie_word_embeddings', absent.tied ?? false),
  };
}

/** ONNX Runtime's GroupQueryAttention with rotary embedding on a CPU refuses other head sizes. */
export function rotaryHeadDim(config: ConfigFields, field: string, headDim: number): number {
  return headDim % 16 === 0 ? headDim : config.refuse(field, headDim, 'a multiple of 16');
}

/** Rotary tables take memory for each position, so this size has a limit of its own. */
export function contextSize(config: ConfigFields, field: string): number {
  const size = config.positiveInteger(field);
  return size <= MAX_CONTEXT_SIZE ? size : config.refuse(field, size, `at most ${MAX_CONTEXT_SIZE}`);
}

const ACTIVATIONS = {
  silu: 'silu',
  swish: 'silu',
  gelu: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  relu: 'relu',
} satisfies Record<string, Activation>;

type ActivationName = keyof typeof ACTIVATIONS;

/** gelu is the exact one, with the error function; gelu_new and gelu_pytorch_tanh are its approximation by tanh. */
export function activation(config: ConfigFields, field: string, absent: ActivationName): Activation {
  return ACTIVATIONS[config.oneOf(field, Object.keys(ACTIVATIONS) as ActivationName[], absent)];
}
