/** GPT-2's splitting pattern, with digits always alone: the `Digits(individual_digits)` and `ByteLevel` pre-tokenizers
 *  of a Hugging Face tokenizer.json, in this order. */
const segments = /\p{N}|\P{N}+/gu;
const words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Calls `visit` with every word of the text, in order; their concatenation is the text. */
export function forEachWord(text: string, visit: (word: string) => void): void {
  for (const segment of text.match(segments) ?? []) {
    for (const word of segment.match(words) ?? []) visit(word);
  }
}

/** GPT-2's printable stand-in for each byte: itself where printable, otherwise code points from 256 on. */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();
