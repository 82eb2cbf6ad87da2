import { isJsonObject } from './bounded-file.ts';
import { ModelFormatError } from './errors.ts';

/** Ids are places in a list of that length at most. */
const MAX_TOKEN_ID = 10_000_000;

/** Checks the parts of a tokenizer.json that decide how much memory and time it takes, and that the library does not
 *  check itself. Throws ModelFormatError naming the file and the token. */
export function checkTokenizerJson(json: Record<string, unknown>, file: string): void {
  const fail: (problem: string) => never = (problem) => {
    throw new ModelFormatError(`${file}: ${problem}`, { file });
  };
  const { model, added_tokens: added = [] } = json;
  if (!isJsonObject(model)) fail('"model" is no object');
  const { vocab, merges = [] } = model;
  if (isJsonObject(vocab)) {
    for (const [token, id] of Object.entries(vocab)) {
      if (!isTokenId(id))
        fail(`token ${show(token)} has the id ${show(id)}; expected an integer from 0 to ${MAX_TOKEN_ID}`);
    }
  } else if (!Array.isArray(vocab) || !vocab.every(isScoredToken)) {
    fail('"model.vocab" is neither an object of token ids nor a list of tokens with scores');
  }
  if (!Array.isArray(merges)) fail('"model.merges" is no list');
  const badMerge = merges.findIndex((merge) => !isMerge(merge));
  if (badMerge >= 0) fail(`merge ${badMerge} is ${show(merges[badMerge])}; expected two tokens`);
  if (!Array.isArray(added)) fail('"added_tokens" is no list');
  for (const [i, token] of added.entries()) {
    if (!isJsonObject(token) || typeof token.content !== 'string' || token.content === '' || !isTokenId(token.id)) {
      fail(`added token ${i} is ${show(token)}; expected a text and an id from 0 to ${MAX_TOKEN_ID}`);
    }
  }
}

function isTokenId(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TOKEN_ID;
}

function isScoredToken(entry: unknown): boolean {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string' && typeof entry[1] === 'number';
}

function isMerge(merge: unknown): boolean {
  if (typeof merge === 'string') return merge.includes(' ');
  return Array.isArray(merge) && merge.length === 2 && merge.every((token) => typeof token === 'string');
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 80);
}
