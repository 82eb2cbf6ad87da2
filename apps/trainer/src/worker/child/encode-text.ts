import type { Tokenizer } from '@featurescope/lm';

/** Characters that are encoded at once: about a tenth of a second of work. */
const pieceLength = 128 * 1024;

/** Tokens of a text of any length. A long text is cut before a line or, failing that, a space, where byte-level BPE cuts
 *  anyway; between pieces `breathe` is awaited, so that a book does not hold up a request to pause. */
export async function encodeText(tokenizer: Tokenizer, text: string, breathe: () => Promise<void>): Promise<number[]> {
  if (text.length <= pieceLength) return tokenizer.encode(text);
  const tokenIds: number[] = [];
  for (let start = 0; start < text.length; ) {
    const end = cutBefore(text, start + pieceLength);
    for (const tokenId of tokenizer.encode(text.slice(start, end))) tokenIds.push(tokenId);
    start = end;
    await breathe();
  }
  return tokenIds;
}

function cutBefore(text: string, limit: number): number {
  if (limit >= text.length) return text.length;
  const earliest = limit - pieceLength / 2;
  for (const separator of ['\n', ' ']) {
    const at = text.lastIndexOf(separator, limit);
    if (at > earliest) return at;
  }
  // No separator: at least no surrogate pair is cut.
  return text.charCodeAt(limit) >= 0xdc00 && text.charCodeAt(limit) <= 0xdfff ? limit - 1 : limit;
}
