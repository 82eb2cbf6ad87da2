import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { isJsonObject, parseJsonObject, readBoundedFile } from './bounded-file.ts';
import { withDigitsSpelledOut } from './digits-rule.ts';
import { InvalidInputError, ModelFormatError } from './errors.ts';
import { findGguf } from './gguf/find-gguf.ts';
import { readGgufTokenizer, type TokenizerDescription } from './gguf/gguf-tokenizer.ts';
import { byteNotation, displayBytes, tokenBytes } from './token-bytes.ts';
import { checkTokenizerJson } from './tokenizer-checks.ts';

/** Text to token ids and back. */
export interface Tokenizer {
  /** One more than the largest token id. */
  readonly vocabSize: number;
  /** The same of the tokens that text is cut into, without added ones. A model's vocabulary may be larger, never smaller. */
  readonly textVocabSize: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  /** sha256 of tokenizer.json, of a GGUF file what would stand there, hexadecimal. */
  readonly hash: string;
  /** No special token is added. One that is spelt out in the text is recognised, as in the reference implementation. */
  encode(text: string): number[];
  /** Special tokens are spelt out. Bytes that make no UTF-8 character become U+FFFD. */
  decode(tokenIds: ArrayLike<number>): string;
  /** One token's own text, for display. A character that continues in another token shows as `\xNN` bytes. */
  tokenText(tokenId: number): string;
  /** The bytes of text that a token stands for: neighbours' bytes joined make whole characters. */
  tokenBytes(tokenId: number): Uint8Array;
}

const FILE = 'tokenizer.json';
const MAX_TOKENIZER_BYTES = 64_000_000;
const MAX_CONFIG_BYTES = 4_000_000;

/** Loads the tokenizer of a model: `tokenizer.json` of a directory, and names of special tokens from its
 *  `tokenizer_config.json` where there is one; or what a GGUF file holds in their place.
 *  Throws ModelFormatError naming the file. */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  const gguf = await findGguf(path);
  if (gguf === null) return loadTokenizerJson(path);
  const { json, config } = await readGgufTokenizer(gguf);
  return createTokenizer({ json, config, file: basename(gguf), bytes: JSON.stringify(json) });
}

async function loadTokenizerJson(directory: string): Promise<Tokenizer> {
  const bytes = await readBoundedFile(join(directory, FILE), MAX_TOKENIZER_BYTES);
  const json = parseJsonObject(bytes, FILE);
  const config = await readOptionalConfig(join(directory, 'tokenizer_config.json'));
  return createTokenizer({ json, config, file: FILE, bytes });
}

/** bytes: what the hash is of. file: what messages name. */
function createTokenizer(parts: TokenizerDescription & { file: string; bytes: Uint8Array | string }): Tokenizer {
  const { json, config, file, bytes } = parts;
  const hash = createHash('sha256').update(bytes).digest('hex');
  checkTokenizerJson(json, file);
  try {
    return new ByteExactTokenizer({ json: withDigitsSpelledOut(json), config, file }, hash);
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw new ModelFormatError(`${file} is not usable: ${(cause as Error).message}`, { file }, cause);
  }
}

async function readOptionalConfig(path: string): Promise<Record<string, unknown>> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  return exists ? parseJsonObject(await readBoundedFile(path, MAX_CONFIG_BYTES), 'tokenizer_config.json') : {};
}

/** Encodes with the library; decodes from each token's own bytes, so that decoding an encoding gives the text back exactly. */
class ByteExactTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly textVocabSize: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  readonly hash: string;
  readonly #file: string;
  readonly #encoder: HuggingFaceTokenizer;
  readonly #bytes: readonly (Uint8Array | undefined)[];
  readonly #texts: string[] = [];

  constructor({ json, config, file }: TokenizerDescription & { file: string }, hash: string) {
    this.#file = file;
    this.#encoder = new HuggingFaceTokenizer(json, config);
    this.hash = hash;
    const notation = byteNotation(json);
    const added = this.#encoder.get_added_tokens_decoder();
    const bytes: (Uint8Array | undefined)[] = [];
    for (const [token, id] of this.#encoder.get_vocab(true)) {
      // The library lists an id between others that no token has.
      if (token === undefined) continue;
      // An added token is literal text: its characters are never stand-ins for bytes.
      bytes[id] = added.has(id) ? new TextEncoder().encode(token) : tokenBytes(token, notation);
    }
    this.#bytes = bytes;
    this.vocabSize = bytes.length;
    this.textVocabSize = 1 + bytes.findLastIndex((text, id) => text !== undefined && !added.has(id));
    this.bosTokenId = this.#specialId(config.bos_token);
    this.eosTokenId = this.#specialId(config.eos_token);
  }

  /** tokenizer_config.json names a special token by its text or by an object that holds it. */
  #specialId(named: unknown): number | null {
    const token = isJsonObject(named) ? named.content : named;
    return typeof token === 'string' ? (this.#encoder.token_to_id(token) ?? null) : null;
  }

  encode(text: string): number[] {
    if (text === '') return [];
    let ids: number[];
    try {
      ids = this.#encoder.encode(text, { add_special_tokens: false }).ids;
    } catch (cause) {
      throw this.#unusable(`fails on a text: ${(cause as Error).message}`, cause);
    }
    if (ids.some((id) => this.#bytes[id] === undefined)) throw this.#unusable('has no token for a part of a text');
    return ids;
  }

  #unusable(problem: string, cause?: unknown): ModelFormatError {
    return new ModelFormatError(`${this.#file} ${problem}`, { file: this.#file }, cause);
  }

  decode(tokenIds: ArrayLike<number>): string {
    return Buffer.concat(Array.from(tokenIds, (id) => this.tokenBytes(id))).toString('utf8');
  }

  tokenText(tokenId: number): string {
    this.#texts[tokenId] ??= displayBytes(this.tokenBytes(tokenId));
    return this.#texts[tokenId];
  }

  tokenBytes(tokenId: number): Uint8Array {
    const bytes = this.#bytes[tokenId];
    if (bytes) return bytes;
    if (Number.isInteger(tokenId) && tokenId >= 0) return new Uint8Array(0);
    throw new InvalidInputError(`${tokenId} is not a token id`, { tokenId });
  }
}
