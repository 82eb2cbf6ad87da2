import { ModelFormatError } from '../errors.ts';

/** A token's halves are looked for at each of its characters: a longer one, in a hostile file, would take long. */
const MAX_TOKEN_LENGTH = 512;

/** The merges of a byte-pair encoding that does what SentencePiece does with its scores: of all neighbours that make a
 *  token when joined, the pair whose token has the best score is joined first.
 *  scores: by token id. Returns pairs, best first. Throws ModelFormatError for a token that is too long. */
export function sentencePieceMerges(
  tokens: readonly string[],
  scores: readonly number[],
  file: string,
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: { left: string; right: string; score: number; id: number }[] = [];
  tokens.forEach((token, id) => {
    if (token.length > MAX_TOKEN_LENGTH) {
      throw new ModelFormatError(
        `${file}: token ${id} of "tokenizer.ggml.tokens" has ${token.length} characters; the limit is ${MAX_TOKEN_LENGTH}`,
        { file, key: 'tokenizer.ggml.tokens', tokenId: id },
      );
    }
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)];
      if (ids.has(left) && ids.has(right)) merges.push({ left, right, score: scores[id], id });
    }
  });
  merges.sort((a, b) => b.score - a.score || a.id - b.id || b.left.length - a.left.length);
  return merges.map(({ left, right }) => [left, right]);
}
