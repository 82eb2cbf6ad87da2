import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { SourceText } from './document.ts';
import { fetchPackage } from './fetch-package.ts';

/** The King James Bible, one text a book. The Debian package compresses it in a format of its own,
 *  so its companion program prints it: `Gen1:1 In the beginning…`, one verse a line. */
export function* bibleTexts(directory: string): Iterable<SourceText> {
  const program = join(fetchPackage('debian', 'bible-kjv').directory, 'usr/bin/bible');
  const output = execFileSync(program, ['-f', '-p', join(directory, 'usr/lib'), 'gen1:1-rev22:21'], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  yield* booksOf(output);
}

export function* booksOf(output: string): Iterable<SourceText> {
  let book = '';
  let chapters: string[] = [];
  let chapter = '';
  for (const line of output.split('\n')) {
    const verse = /^(\w+?)(\d+):(\d+) (.*)$/.exec(line.trim());
    if (!verse) continue;
    const [, name, number, , words] = verse as unknown as [string, string, string, string, string];
    if (name !== book && chapters.length > 0) {
      yield { name: `King James Bible, ${book}`, text: chapters.join('\n\n') };
      chapters = [];
    }
    if (name !== book || number !== chapter) chapters.push('');
    book = name;
    chapter = number;
    chapters[chapters.length - 1] += `${number}:${verse[3]} ${words}\n`;
  }
  if (chapters.length > 0) yield { name: `King James Bible, ${book}`, text: chapters.join('\n\n') };
}
