import { basename } from 'node:path';
import { BlockStack } from './block-stack.ts';
import { ModelFormatError } from './errors.ts';
import { findGguf } from './gguf/find-gguf.ts';
import { LanguageModel } from './language-model.ts';
import { type DescribedModel, readDescribedModel } from './model-config.ts';
import { readBlockWeights, readOuterWeights } from './model-weights.ts';
import { NextTokenScorer } from './next-token-scorer.ts';
import { openTensors } from './open-tensors.ts';
import type { TensorSource } from './tensor-source.ts';
import { TokenEmbedding } from './token-embedding.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer.ts';
import { boundaries, Transformer } from './transformer.ts';
import { Unembedding } from './unembedding.ts';

export interface LoadOptions {
  /** Threads for each operator; absent: one for each core. */
  threads?: number;
  /** Where the residual stream will be read or changed, as far as that is known: the model is cut into sessions there. */
  hooks?: readonly string[];
  /** What becomes of matrices that a GGUF file has in few bits.
   *  float32, the default: they are expanded. Fastest on many tokens at once.
   *  packed: those of 4 bits stay so, in less than a fifth of the memory; products are float32. Fastest exact generation.
   *  int8: those of 8 bits too, and what they multiply is rounded to 8 bits in each product: faster still, not exact. */
  weights?: 'float32' | 'packed' | 'int8';
}

const PACKED_BITS = { float32: 0, packed: 4, int8: 8 } as const;

/** Loads a model of one of the known architectures: a Hugging Face directory (config.json, tokenizer.json, safetensors in
 *  one file or in shards) or a GGUF file.
 *  Throws ModelFormatError naming the file and the field or tensor at fault. */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<LanguageModel> {
  const model = await readDescribedModel(path);
  const tokenizer = await loadTokenizer(path);
  await requireTokensWithin(path, tokenizer, model.config.vocabSize);
  const source = await openTensors(path);
  try {
    return await buildModel(model, { source, tokenizer, options });
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function buildModel(
  model: DescribedModel,
  { source, tokenizer, options }: { source: TensorSource; tokenizer: Tokenizer; options: LoadOptions },
): Promise<LanguageModel> {
  const { config, description } = model;
  const { threads, hooks = [], weights: form = 'float32' } = options;
  const packedBits = PACKED_BITS[form];
  const roundsInputs = form === 'int8';
  const weights = await readOuterWeights(source, model, packedBits);
  const readBlock = (layer: number) => readBlockWeights(source, model, { layer, packedBits });
  const stack = await BlockStack.create({
    description,
    readBlock,
    boundaries: boundaries(hooks, config),
    threads,
    roundsInputs,
  });
  const transformer = new Transformer(config, stack, description.attention.rope);
  const unembedding = await Unembedding.create(description, weights, { threads, roundsInputs });
  const scorer = await NextTokenScorer.create(description, weights, threads);
  const embedding = new TokenEmbedding(description, weights);
  const parts = { config, tokenizer, source, readBlock, weights, embedding, transformer, unembedding, scorer };
  return new LanguageModel(parts);
}

/** Throws ModelFormatError for a tokenizer that has tokens without a row in the embedding. */
async function requireTokensWithin(path: string, { textVocabSize }: Tokenizer, vocabSize: number): Promise<void> {
  // Gemma 3's tokenizer has an added token for pictures that its text models have no row for.
  if (textVocabSize <= vocabSize) return;
  const gguf = await findGguf(path);
  const [file, sizes] =
    gguf === null ? ['tokenizer.json', "config.json's vocab_size"] : [basename(gguf), 'the height of its embedding'];
  throw new ModelFormatError(`${file} has ${textVocabSize} tokens, ${sizes} is ${vocabSize}`, {
    file,
    field: 'vocab_size',
  });
}
