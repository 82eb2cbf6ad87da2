import { ModelFormatError } from '../errors.ts';
import { requireArchitecture } from './architecture.ts';
import { type ConfigParts, SPECIFIC_FIELDS } from './architecture-fields.ts';
import { GgufFile } from './gguf-file.ts';
import { metadataReader } from './metadata-reader.ts';
import { ropeParameters } from './rope-parameters.ts';

/** The config.json that the model of a GGUF file would have in Hugging Face's form.
 *  Throws ModelFormatError naming the file and the key, or the architecture that is not known. */
export async function readGgufConfig(path: string): Promise<Record<string, unknown>> {
  const gguf = await GgufFile.open(path);
  try {
    const { name } = requireArchitecture(gguf);
    const metadata = metadataReader(gguf);
    const nExperts = metadata.integer(`${name}.expert_count`, 0);
    if (nExperts > 0) {
      throw new ModelFormatError(`${gguf.file} is a mixture of ${nExperts} experts; dense models are supported`, {
        file: gguf.file,
        key: `${name}.expert_count`,
      });
    }
    const parts: ConfigParts = { name, gguf, metadata, rope: await ropeParameters(name, gguf, metadata) };
    return { ...generalFields(parts), ...SPECIFIC_FIELDS[name]?.(parts) };
  } finally {
    await gguf.close();
  }
}

function generalFields({ name, gguf, metadata, rope }: ConfigParts): Record<string, unknown> {
  const key = (suffix: string) => `${name}.${suffix}`;
  const nHeads = metadata.integer(key('attention.head_count'));
  const width = metadata.integer(key('embedding_length'));
  return {
    model_type: name,
    num_hidden_layers: metadata.integer(key('block_count')),
    hidden_size: width,
    num_attention_heads: nHeads,
    num_key_value_heads: metadata.integer(key('attention.head_count_kv'), nHeads),
    head_dim: metadata.integer(key('attention.key_length'), width / nHeads),
    intermediate_size: metadata.integer(key('feed_forward_length')),
    // Rows of the embedding, not the count in the metadata, which some files lack.
    vocab_size: gguf.tensors.get('token_embd.weight')?.shape[0],
    max_position_embeddings: metadata.integer(key('context_length')),
    ...(metadata.has(key('attention.layer_norm_rms_epsilon')) && {
      rms_norm_eps: metadata.number(key('attention.layer_norm_rms_epsilon')),
    }),
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
    rope_parameters: rope,
    bos_token_id: tokenId('bos'),
    eos_token_id: tokenId('eos'),
  };

  function tokenId(kind: string): number | null {
    const field = `tokenizer.ggml.${kind}_token_id`;
    return metadata.has(field) ? metadata.integer(field) : null;
  }
}
