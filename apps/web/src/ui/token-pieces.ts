export type TokenPiece = { kind: 'text' | 'blank' | 'newline' | 'tab'; text: string };

/** Cuts a token's text into runs of ordinary text and single pieces of white space, which are drawn visibly. */
export function tokenPieces(text: string): TokenPiece[] {
  return (text.match(/[^ \n\t]+|[ \n\t]/g) ?? []).map((piece) => ({
    kind: piece === ' ' ? 'blank' : piece === '\n' ? 'newline' : piece === '\t' ? 'tab' : 'text',
    text: piece,
  }));
}

/** Activation as a share of the scale, 0 to 1; anything that fires at all stays visible. */
export function scalePosition(activation: number, maximum: number): number {
  if (!(activation > 0) || !(maximum > 0)) return 0;
  return Math.min(1, Math.max(0.02, activation / maximum));
}
