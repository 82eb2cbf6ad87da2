import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BytePairEncoding } from './train-bpe.ts';

export const endOfText = '<|endoftext|>';
export const endOfTextId = 0;

/** Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json as transformers and @huggingface/tokenizers
 *  read them. Texts are not framed by the tokenizer: the runtime prepends `<|endoftext|>` itself. */
export function writeTokenizer(directory: string, encoding: BytePairEncoding, contextLength: number): void {
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id: endOfTextId,
        content: endOfText,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Digits', individual_digits: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(encoding.tokens.map((token, id) => [token, id])),
      merges: encoding.merges.map(([left, right]) => [encoding.tokens[left], encoding.tokens[right]]),
    },
  };
  const special = { bos_token: endOfText, eos_token: endOfText, unk_token: endOfText };
  const config = {
    ...special,
    add_prefix_space: false,
    clean_up_tokenization_spaces: false,
    model_max_length: contextLength,
    tokenizer_class: 'PreTrainedTokenizerFast',
    added_tokens_decoder: {
      [endOfTextId]: {
        content: endOfText,
        lstrip: false,
        normalized: false,
        rstrip: false,
        single_word: false,
        special: true,
      },
    },
  };
  writeJson(join(directory, 'tokenizer.json'), tokenizer);
  writeJson(join(directory, 'tokenizer_config.json'), config);
  writeJson(join(directory, 'special_tokens_map.json'), special);
}

/** Reads back what `writeTokenizer` wrote. */
export function readTokenizer(directory: string): BytePairEncoding {
  const { model } = JSON.parse(readFileSync(join(directory, 'tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number>; merges: [string, string][] };
  };
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  return {
    tokens,
    merges: model.merges.map(([left, right]) => [model.vocab[left] as number, model.vocab[right] as number]),
  };
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`);
}
