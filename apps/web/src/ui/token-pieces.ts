export type TokenPiece = { kind: 'text' | 'blank' | 'newline' | 'tab' | 'escape'; text: string };

/** White space that is drawn, and characters that no font draws: controls, formats (zero width, direction), separators
 *  other than the space, surrogates and private use. */
const drawnApart = /[ \n\t\p{C}\p{Z}\uFFFD]/u;
const pieces = /[ \n\t\p{C}\p{Z}\uFFFD]|[^ \n\t\p{C}\p{Z}\uFFFD]+/gu;

/** Cuts a token's text into runs of ordinary text, single pieces of white space, which are drawn visibly, and invisible
 *  characters in the escaped form in which the server shows stray bytes: \x1B, \u200B. */
export function tokenPieces(text: string): TokenPiece[] {
  return (text.match(pieces) ?? []).map((piece) => {
    if (piece === ' ') return { kind: 'blank', text: piece };
    if (piece === '\n') return { kind: 'newline', text: piece };
    if (piece === '\t') return { kind: 'tab', text: piece };
    return drawnApart.test(piece) ? { kind: 'escape', text: escaped(piece) } : { kind: 'text', text: piece };
  });
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** Whether a text is drawn as it is, in one piece. */
export const isPlain = (text: string): boolean => !drawnApart.test(text);

/** Activation as a share of the scale, 0 to 1; anything that fires at all stays visible. */
export function scalePosition(activation: number, maximum: number): number {
  if (!(activation > 0) || !(maximum > 0)) return 0;
  return Math.min(1, Math.max(0.02, activation / maximum));
}
