import { createHash } from 'node:crypto';
import type { CorpusDocument, SourceText, Split } from './document.ts';

const targetCharacters = 4000;
const longestCharacters = 8000;
const shortestCharacters = 200;
/** One piece in fifty is held out. */
const heldOutModulus = 50;

/** Cuts a text at blank lines into pieces of about 4,000 characters (200 to 8,000), so that the held-out
 *  pieces reach into every book. A paragraph longer than 8,000 characters is cut at a line or a sentence end. */
export function splitIntoPieces(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const block of text.split(/\n(?=\n)/).flatMap(cutLongBlock)) {
    if (piece.length > 0 && piece.length + block.length > longestCharacters) flush();
    piece += piece.length > 0 ? `\n${block}` : block;
    if (piece.length >= targetCharacters) flush();
  }
  flush();
  return pieces;

  function flush(): void {
    const trimmed = piece.replace(/^\n+/, '').trimEnd();
    if (trimmed.length >= shortestCharacters) pieces.push(trimmed);
    piece = '';
  }
}

function cutLongBlock(block: string): string[] {
  if (block.length <= longestCharacters) return [block];
  const cuts: string[] = [];
  for (let rest = block; rest.length > 0; ) {
    const window = rest.slice(0, targetCharacters);
    const end = rest.length <= targetCharacters ? rest.length : lastBreak(window);
    cuts.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return cuts;
}

function lastBreak(window: string): number {
  const breakAt = Math.max(window.lastIndexOf('\n'), window.lastIndexOf('. ') + 1);
  return breakAt > window.length / 2 ? breakAt : window.length;
}

/** Held out by the SHA-256 of the piece's own text, so that the split survives reordering and renaming. */
export function splitOf(text: string): Split {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % heldOutModulus === 0 ? 'heldout' : 'train';
}

/** Drops pieces of which more than half (by characters, over lines of 40 and more) was seen before in any source. */
export class LineDeduplicator {
  readonly #seen = new Set<string>();

  isRepeat(text: string): boolean {
    const lines = text.split('\n').filter((line) => line.trim().length >= 40);
    const keys = lines.map((line) => createHash('md5').update(line.trim()).digest('base64').slice(0, 12));
    let total = 0;
    let repeated = 0;
    lines.forEach((line, index) => {
      total += line.length;
      if (this.#seen.has(keys[index] as string)) repeated += line.length;
    });
    for (const key of keys) this.#seen.add(key);
    return total > 0 && repeated > total / 2;
  }
}

/** Pieces of one source's texts: split, deduplicated, and thinned to `capBytes` by the hash of each piece. */
export function documentsOf(
  texts: Iterable<SourceText>,
  source: { id: string; title?: string; kind: string; capBytes: number },
  deduplicator: LineDeduplicator,
): CorpusDocument[] {
  const documents: CorpusDocument[] = [];
  for (const { name, text } of texts) {
    const pieces = splitIntoPieces(text).filter((piece) => isReadable(piece) && !deduplicator.isRepeat(piece));
    pieces.forEach((piece, index) => {
      const part = pieces.length > 1 ? ` (${index + 1} of ${pieces.length})` : '';
      const title = source.title === undefined ? name : `${source.title}, ${name}`;
      documents.push({ name: title + part, kind: source.kind, source: source.id, split: splitOf(piece), text: piece });
    });
  }
  return capByHash(documents, source.capBytes);
}

/** Text, not data: no control characters, and few very long words. */
function isReadable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)) return false;
  const longWords = text.match(/\S{60,}/g)?.join('').length ?? 0;
  return longWords < text.length * 0.1;
}

function capByHash(documents: CorpusDocument[], capBytes: number): CorpusDocument[] {
  const ranked = documents
    .map((document) => ({ document, rank: createHash('sha1').update(`cap ${document.text}`).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const kept = new Set<CorpusDocument>();
  let bytes = 0;
  for (const { document } of ranked) {
    if (bytes >= capBytes) break;
    bytes += Buffer.byteLength(document.text);
    kept.add(document);
  }
  return documents.filter((document) => kept.has(document));
}
