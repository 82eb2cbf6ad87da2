import type { RopeConfig } from '../rope.ts';
import type { ConfigFields } from './config-fields.ts';

/** A family of models: how its config.json reads, what its blocks compute, and what its tensors are called. */
export interface Architecture {
  /** config.json's `model_type`. */
  modelType: string;
  /** Throws ModelFormatError naming the first field whose value is not supported. */
  describe(config: ConfigFields): Description;
  tensors: TensorNames;
}

/** What a decoder computes. A field that is absent means that the step is not taken. */
export interface Description {
  shape: Shape;
  embedding?: {
    /** Token embeddings are multiplied by this on their way into the residual stream; the unembedding is not. */
    scale?: number;
    /** A learnt vector for each position is added to the token's. */
    positions?: boolean;
  };
  norm: NormKind;
  /** What attention and MLP write is normed too, before it is added to the residual stream. */
  postNorms?: boolean;
  attention: Attention;
  mlp: Mlp;
  /** sequential: the MLP reads what attention has written. parallel: both read what enters the block. */
  residual: 'sequential' | 'parallel';
  /** Logits become cap · tanh(logits / cap). */
  logitSoftcap?: number | null;
}

export interface Shape {
  nLayers: number;
  dModel: number;
  nHeads: number;
  nKvHeads: number;
  headDim: number;
  dMlp: number;
  vocabSize: number;
  /** Most positions a text may have, special tokens included. */
  contextSize: number;
  tiedEmbeddings: boolean;
}

export interface NormKind {
  /** rms: x / √(mean x² + ε) · gain. layer: (x − mean) / √(variance + ε) · gain + bias. */
  kind: 'rms' | 'layer';
  epsilon: number;
  /** Added to every stored gain: 1 where the file holds gain − 1. */
  gainOffset?: number;
}

export interface Attention {
  bias?: { qkv: boolean; out: boolean };
  /** Query and key of each head are RMS-normed before they are rotated. */
  qkNorm?: boolean;
  /** What q · k is multiplied by; 1 / √headDim when absent. */
  scale?: (layer: number) => number;
  /** Scores become cap · tanh(scores / cap) before the softmax. */
  softcap?: number | null;
  /** How many positions a query sees, its own included; null for all of them. */
  window?: (layer: number) => number | null;
  rope?: (layer: number) => RopeConfig;
}

export type Activation = 'silu' | 'gelu' | 'gelu-tanh' | 'relu';

export interface Mlp {
  /** gated: down(activation(gate(x)) · up(x)). plain: down(activation(up(x))). */
  kind: 'gated' | 'plain';
  activation: Activation;
  bias?: boolean;
}

/** Names without `.weight` and `.bias`. Those of a block follow its prefix and a dot. */
export interface TensorNames {
  embedding: string;
  positions?: string;
  finalNorm: string;
  unembedding: string;
  /** A prefix that files may leave out of every name above. */
  optionalPrefix?: string;
  /** `{layer}` stands for the block's number. */
  block: string;
  attentionNorm: string;
  /** Three matrices, or one that holds the rows of all. */
  qkv: readonly [string, string, string] | readonly [string];
  /** blocked: all queries, then all keys, then all values. per-head: each head's query, key and value together. */
  qkvOrder?: 'blocked' | 'per-head';
  queryNorm?: string;
  keyNorm?: string;
  attentionOut: string;
  attentionPostNorm?: string;
  mlpNorm: string;
  /** plain: [up]. gated: [gate, up], or one matrix that holds the rows of gate and then of up. */
  mlpIn: readonly [string, string] | readonly [string];
  mlpOut: string;
  mlpPostNorm?: string;
  /** The blocks' matrices are stored [width in, width out]. */
  transposed?: boolean;
}
