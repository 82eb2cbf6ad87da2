/** A window of a document: its targets are tokens [start, start + length), of which [scoreFrom, scoreTo) count. */
export interface ScoringWindow {
  readonly start: number;
  readonly scoreFrom: number;
  readonly scoreTo: number;
}

/** Windows that score each of a document's tokens once. They begin with `<|endoftext|>` and overlap by three quarters,
 *  so that a token has at least three quarters of a context before it unless the document has less. */
export function scoringWindows(nTokens: number, length: number): ScoringWindow[] {
  const stride = length / 4;
  const windows: ScoringWindow[] = [];
  for (let start = 0, scored = 0; scored < nTokens; start += stride) {
    const scoreTo = Math.min(length, nTokens - start);
    windows.push({ start, scoreFrom: scored - start, scoreTo });
    scored = start + scoreTo;
  }
  return windows;
}
