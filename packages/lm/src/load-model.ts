import type { InferenceSession } from 'onnxruntime-node';
import { blockGraph } from './block-graph.ts';
import { ModelFormatError } from './errors.ts';
import { LanguageModel } from './language-model.ts';
import { type ModelConfig, readModelConfig } from './model-config.ts';
import { readBlockWeights, readOuterWeights } from './model-weights.ts';
import { NextTokenScorer } from './next-token-scorer.ts';
import { createSession } from './onnx-session.ts';
import { openTensors } from './open-tensors.ts';
import type { TensorSource } from './tensor-source.ts';
import { loadTokenizer } from './tokenizer.ts';
import { Transformer } from './transformer.ts';
import { Unembedding } from './unembedding.ts';

export interface LoadOptions {
  /** Threads for each operator; absent: one for each core. */
  threads?: number;
}

/** Loads a Hugging Face directory (config.json, tokenizer.json, safetensors in one file or in shards) or a GGUF file.
 *  Throws ModelFormatError naming the file and the field or tensor at fault. */
export async function loadModel(path: string, { threads }: LoadOptions = {}): Promise<LanguageModel> {
  const config = await readModelConfig(path);
  const tokenizer = await loadTokenizer(path);
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new ModelFormatError(
      `tokenizer.json has ${tokenizer.vocabSize} tokens, config.json's vocab_size is ${config.vocabSize}`,
      { file: 'tokenizer.json', field: 'vocab_size' },
    );
  }
  const file = await openTensors(path);
  try {
    const weights = await readOuterWeights(file, config);
    const transformer = new Transformer(config, await createBlocks(file, config, threads));
    const unembedding = await Unembedding.create(config, weights, threads);
    const scorer = await NextTokenScorer.create(config, weights, threads);
    return new LanguageModel({ config, tokenizer, weights, transformer, unembedding, scorer });
  } finally {
    await file.close();
  }
}

async function createBlocks(file: TensorSource, config: ModelConfig, threads?: number): Promise<InferenceSession[]> {
  const sessions: InferenceSession[] = [];
  for (let layer = 0; layer < config.nLayers; layer++) {
    sessions.push(await createSession(blockGraph(config, await readBlockWeights(file, config, layer)), threads));
  }
  return sessions;
}
