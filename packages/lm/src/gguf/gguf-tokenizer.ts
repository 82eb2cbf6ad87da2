import { ModelFormatError } from '../errors.ts';
import { GgufFile } from './gguf-file.ts';
import { type MetadataReader, metadataReader } from './metadata-reader.ts';
import { PRE_TOKENIZATIONS } from './pre-tokenizers.ts';
import { sentencePieceMerges } from './sentencepiece-merges.ts';

/** What a Hugging Face directory has in tokenizer.json and in tokenizer_config.json. */
export interface TokenizerDescription {
  json: Record<string, unknown>;
  config: Record<string, unknown>;
}

/** Values of `tokenizer.ggml.token_type`. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;

/** Builds the tokenizer of a GGUF file from its metadata: byte-level BPE ("gpt2") or SentencePiece BPE ("llama").
 *  Throws ModelFormatError naming the file and the key. */
export async function readGgufTokenizer(path: string): Promise<TokenizerDescription> {
  const gguf = await GgufFile.open(path);
  await gguf.close();
  const metadata = metadataReader(gguf);
  const vocabulary = readVocabulary(metadata, gguf.file);
  const kind = metadata.string('tokenizer.ggml.model');
  const architecture = metadata.string('general.architecture');
  const parts = { metadata, vocabulary, architecture, file: gguf.file };
  if (kind === 'gpt2') return { json: byteLevelTokenizer(parts), config: vocabulary.special };
  if (kind === 'llama') return { json: sentencePieceTokenizer(parts), config: vocabulary.special };
  throw refusal(gguf.file, 'tokenizer.ggml.model', `is "${kind}"; supported are "gpt2" and "llama"`);
}

interface Vocabulary {
  tokens: string[];
  types: number[];
  /** `bos_token` and `eos_token`, where the file names them. */
  special: Record<string, string>;
}

interface Parts {
  metadata: MetadataReader;
  vocabulary: Vocabulary;
  architecture: string;
  file: string;
}

function readVocabulary(metadata: MetadataReader, file: string): Vocabulary {
  const key = 'tokenizer.ggml.tokens';
  const tokens = metadata.strings(key);
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    const first = ids.get(token);
    if (first !== undefined) throw refusal(file, key, `has ${JSON.stringify(token)} twice, as ${first} and as ${id}`);
    ids.set(token, id);
  });
  const types = metadata.has('tokenizer.ggml.token_type') ? metadata.numbers('tokenizer.ggml.token_type') : [];
  const special: Record<string, string> = {};
  for (const name of ['bos', 'eos']) {
    const idKey = `tokenizer.ggml.${name}_token_id`;
    if (!metadata.has(idKey)) continue;
    const id = metadata.integer(idKey);
    if (id >= tokens.length) throw refusal(file, idKey, `is ${id}; there are ${tokens.length} tokens`);
    special[`${name}_token`] = tokens[id];
  }
  return { tokens, types, special };
}

function byteLevelTokenizer(parts: Parts): Record<string, unknown> {
  const { metadata, vocabulary, architecture, file } = parts;
  // Files from before there was this key: these two architectures have the one rule.
  const absent = architecture === 'gpt2' || architecture === 'gptneox' ? 'gpt-2' : undefined;
  const pre = metadata.string('tokenizer.ggml.pre', absent);
  const rules = PRE_TOKENIZATIONS.get(pre);
  if (!rules) {
    const known = [...PRE_TOKENIZATIONS.keys()].join(', ');
    throw refusal(file, 'tokenizer.ggml.pre', `is "${pre}"; known are ${known}. Use the model's safetensors instead`);
  }
  return tokenizerJson(vocabulary, {
    added: [CONTROL, USER_DEFINED],
    normalizer: rules.normalizer,
    pre_tokenizer: rules.preTokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { merges: statedMerges(parts), byte_fallback: false, ignore_merges: rules.ignoreMerges },
  });
}

function sentencePieceTokenizer(parts: Parts): Record<string, unknown> {
  const { metadata, architecture, file } = parts;
  const isGemma = architecture.startsWith('gemma');
  const vocabulary = isGemma ? withMarkedSpaces(parts.vocabulary) : parts.vocabulary;
  const { tokens, types } = vocabulary;
  const unknown = tokens[metadata.integer('tokenizer.ggml.unknown_token_id', Math.max(types.indexOf(UNKNOWN), 0))];
  const isPrefixed = metadata.boolean('tokenizer.ggml.add_space_prefix', !isGemma);
  const mark = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const unmark = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
  return tokenizerJson(vocabulary, {
    added: [UNKNOWN, CONTROL, USER_DEFINED],
    normalizer: {
      type: 'Sequence',
      normalizers: isPrefixed ? [{ type: 'Prepend', prepend: '▁' }, mark] : [mark],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [unmark, { type: 'ByteFallback' }, { type: 'Fuse' }, ...(isPrefixed ? [strip] : [])],
    },
    model: {
      merges: metadata.has('tokenizer.ggml.merges')
        ? statedMerges(parts)
        : sentencePieceMerges(tokens, isGemma ? tokens.map((_, id) => -id) : scores(parts), file),
      byte_fallback: true,
      ignore_merges: false,
      unk_token: unknown,
      fuse_unk: true,
    },
  });
}

/** Gemma's runs of spaces stand in its files as spaces, in its vocabulary as marks. Its scores say nothing: the order of
 *  its tokens is that of its merges. */
function withMarkedSpaces(vocabulary: Vocabulary): Vocabulary {
  return {
    ...vocabulary,
    tokens: vocabulary.tokens.map((token) => (/^ +$/.test(token) ? '▁'.repeat(token.length) : token)),
  };
}

function scores({ metadata, vocabulary, file }: Parts): number[] {
  const key = 'tokenizer.ggml.scores';
  const values = metadata.numbers(key);
  if (values.length === vocabulary.tokens.length) return values;
  throw refusal(file, key, `has ${values.length} entries for ${vocabulary.tokens.length} tokens`);
}

/** Each merge is two tokens with a space between; the first may itself begin with a space. */
function statedMerges({ metadata, file }: Parts): [string, string][] {
  return metadata.strings('tokenizer.ggml.merges').map((merge, i) => {
    const at = merge.indexOf(' ', 1);
    if (at < 0) throw refusal(file, 'tokenizer.ggml.merges', `has ${JSON.stringify(merge)} at ${i}: no two tokens`);
    return [merge.slice(0, at), merge.slice(at + 1)];
  });
}

function tokenizerJson(
  { tokens, types }: Vocabulary,
  {
    added,
    model,
    ...steps
  }: { added: number[]; model: object; normalizer: object | null; pre_tokenizer: object | null; decoder: object },
): Record<string, unknown> {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap((content, id) =>
      added.includes(types[id]) && content !== ''
        ? [
            {
              id,
              content,
              single_word: false,
              lstrip: false,
              rstrip: false,
              normalized: false,
              special: types[id] !== USER_DEFINED,
            },
          ]
        : [],
    ),
    post_processor: null,
    ...steps,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      ...model,
    },
  };
}

function refusal(file: string, key: string, problem: string): ModelFormatError {
  return new ModelFormatError(`${file}: metadata "${key}" ${problem}`, { file, key });
}
