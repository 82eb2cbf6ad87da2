/** Writes a checkpoint's weights and the model's configuration in Hugging Face format.
 *  Usage: tsx scripts/model/export.ts [--run-directory D] */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { huggingFaceTensors } from './export/hugging-face-llama.ts';
import { writeFloat16Safetensors } from './export/safetensors.ts';
import { modelDirectory } from './model-directory.ts';
import { endOfTextId } from './tokenizer/hugging-face-files.ts';
import { loadCheckpoint } from './training/checkpoint.ts';
import { defaultRunDirectory } from './training/run-directory.ts';
import { tinyShape as shape } from './transformer/shape.ts';

const { values: options } = parseArgs({
  options: { 'run-directory': { type: 'string', default: defaultRunDirectory } },
});
const state = loadCheckpoint(options['run-directory']);
if (!state) throw new Error(`No checkpoint in ${options['run-directory']}; train first, or give --run-directory`);
mkdirSync(modelDirectory, { recursive: true });
writeFloat16Safetensors(join(modelDirectory, 'model.safetensors'), huggingFaceTensors(state.parameters, shape));
writeJson('config.json', {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: shape.vocabularySize,
  hidden_size: shape.dModel,
  intermediate_size: shape.dFeedForward,
  num_hidden_layers: shape.nLayers,
  num_attention_heads: shape.nHeads,
  num_key_value_heads: shape.nKeyValueHeads,
  head_dim: shape.dHead,
  max_position_embeddings: shape.contextLength,
  rms_norm_eps: shape.normEpsilon,
  rope_theta: shape.ropeTheta,
  rope_scaling: null,
  hidden_act: 'silu',
  attention_bias: false,
  mlp_bias: false,
  attention_dropout: 0,
  tie_word_embeddings: true,
  initializer_range: 0.02,
  bos_token_id: endOfTextId,
  eos_token_id: endOfTextId,
  use_cache: true,
  torch_dtype: 'float16',
});
writeJson('generation_config.json', {
  bos_token_id: endOfTextId,
  eos_token_id: endOfTextId,
  max_length: shape.contextLength,
});
console.log(`step ${state.step}, ${state.tokens} tokens → ${modelDirectory}`);

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(modelDirectory, name), `${JSON.stringify(value, null, 2)}\n`);
}
