import { basename } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { blockGraph } from './block-graph.ts';
import { ModelFormatError } from './errors.ts';
import { findGguf } from './gguf/find-gguf.ts';
import { LanguageModel } from './language-model.ts';
import { type DescribedModel, readDescribedModel } from './model-config.ts';
import { readBlockWeights, readOuterWeights } from './model-weights.ts';
import { NextTokenScorer } from './next-token-scorer.ts';
import { createSession } from './onnx-session.ts';
import { openTensors } from './open-tensors.ts';
import type { TensorSource } from './tensor-source.ts';
import { TokenEmbedding } from './token-embedding.ts';
import { loadTokenizer } from './tokenizer.ts';
import { Transformer } from './transformer.ts';
import { Unembedding } from './unembedding.ts';

export interface LoadOptions {
  /** Threads for each operator; absent: one for each core. */
  threads?: number;
}

/** Loads a model of one of the known architectures: a Hugging Face directory (config.json, tokenizer.json, safetensors in
 *  one file or in shards) or a GGUF file.
 *  Throws ModelFormatError naming the file and the field or tensor at fault. */
export async function loadModel(path: string, { threads }: LoadOptions = {}): Promise<LanguageModel> {
  const model = await readDescribedModel(path);
  const { config, description } = model;
  const tokenizer = await loadTokenizer(path);
  // Gemma 3's tokenizer has an added token for pictures that its text models have no row for.
  if (tokenizer.textVocabSize > config.vocabSize) {
    const gguf = await findGguf(path);
    const [file, sizes] =
      gguf === null ? ['tokenizer.json', "config.json's vocab_size"] : [basename(gguf), 'the height of its embedding'];
    throw new ModelFormatError(`${file} has ${tokenizer.textVocabSize} tokens, ${sizes} is ${config.vocabSize}`, {
      file,
      field: 'vocab_size',
    });
  }
  const file = await openTensors(path);
  try {
    const weights = await readOuterWeights(file, model);
    const transformer = new Transformer(config, await createBlocks(file, model, threads), description.attention.rope);
    const unembedding = await Unembedding.create(description, weights, threads);
    const scorer = await NextTokenScorer.create(description, weights, threads);
    const embedding = new TokenEmbedding(description, weights);
    return new LanguageModel({ config, tokenizer, weights, embedding, transformer, unembedding, scorer });
  } finally {
    await file.close();
  }
}

async function createBlocks(
  source: TensorSource,
  model: DescribedModel,
  threads?: number,
): Promise<InferenceSession[]> {
  const sessions: InferenceSession[] = [];
  for (let layer = 0; layer < model.config.nLayers; layer++) {
    const weights = await readBlockWeights(source, model, layer);
    sessions.push(await createSession(blockGraph(model.description, layer, weights), threads));
  }
  return sessions;
}
