import type { BlockWeights } from './block-graph.ts';
import type { ModelConfig } from './model-config.ts';
import type { TensorSource } from './tensor-source.ts';

/** Weights outside the blocks. Matrices are [vocabSize, dModel]; with tied embeddings both are one array. */
export interface OuterWeights {
  embedding: Float32Array;
  unembedding: Float32Array;
  finalNormGain: Float32Array;
}

export async function readOuterWeights(file: TensorSource, config: ModelConfig): Promise<OuterWeights> {
  const { vocabSize, dModel, tiedEmbeddings } = config;
  const embedding = await file.read('model.embed_tokens.weight', [vocabSize, dModel]);
  const unembedding = tiedEmbeddings ? embedding : await file.read('lm_head.weight', [vocabSize, dModel]);
  return { embedding, unembedding, finalNormGain: await file.read('model.norm.weight', [dModel]) };
}

/** Reads one block, so that a loader can hand it to the runtime and let it go before reading the next. */
export async function readBlockWeights(file: TensorSource, config: ModelConfig, layer: number): Promise<BlockWeights> {
  const { dModel, nHeads, nKvHeads, headDim, dMlp } = config;
  const read = (name: string, ...shape: number[]) => file.read(`model.layers.${layer}.${name}.weight`, shape);
  return {
    qkv: concatenate([
      await read('self_attn.q_proj', nHeads * headDim, dModel),
      await read('self_attn.k_proj', nKvHeads * headDim, dModel),
      await read('self_attn.v_proj', nKvHeads * headDim, dModel),
    ]),
    attentionOut: await read('self_attn.o_proj', dModel, nHeads * headDim),
    gate: await read('mlp.gate_proj', dMlp, dModel),
    up: await read('mlp.up_proj', dMlp, dModel),
    down: await read('mlp.down_proj', dModel, dMlp),
    attentionNorm: await read('input_layernorm', dModel),
    mlpNorm: await read('post_attention_layernorm', dModel),
  };
}

function concatenate(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
