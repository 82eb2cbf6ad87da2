import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import type { SourceText } from './document.ts';
import { unwrapParagraphs } from './plain-text.ts';
import { filesUnder } from './read-files.ts';

const characterVector = 16;
const characterString = 9;

/** Novels of an R data package: a `.rdb` file is a row of [uint32 length][zlib stream] records, each an R object
 *  in XDR serialisation; a novel is the character vector of its lines. Source: R Internals, §1.8 and §1.18. */
export function* rNovels(directory: string): Iterable<SourceText> {
  for (const path of filesUnder(directory, /data\/Rdata\.rdb$/)) {
    const file = readFileSync(path);
    for (let offset = 0; offset < file.length; ) {
      const { buffer, engine } = inflateSync(file.subarray(offset + 4), { info: true } as never) as unknown as {
        buffer: Buffer;
        engine: { bytesWritten: number };
      };
      offset += 4 + engine.bytesWritten;
      const lines = linesOf(buffer);
      if (lines.length > 100) yield { name: `Austen, ${titleOf(lines)}`, text: unwrapParagraphs(lines.join('\n')) };
    }
  }
}

function titleOf(lines: string[]): string {
  return (lines.find((line) => line.trim().length > 0) ?? 'untitled').trim().toLowerCase();
}

/** Strings of the first character vector in a serialised R object. */
export function linesOf(object: Buffer): string[] {
  for (let at = 0; at + 12 <= object.length; at++) {
    if (object.readUInt32BE(at) !== characterVector) continue;
    const count = object.readUInt32BE(at + 4);
    if (object[at + 11] !== characterString || count === 0) continue;
    const lines: string[] = [];
    let cursor = at + 8;
    for (; lines.length < count && object[cursor + 3] === characterString; ) {
      const length = object.readInt32BE(cursor + 4);
      lines.push(length < 0 ? '' : object.toString('utf8', cursor + 8, cursor + 8 + length));
      cursor += 8 + Math.max(length, 0);
    }
    if (lines.length === count) return lines;
  }
  return [];
}
