import type { SourceText } from './document.ts';
import { normaliseText } from './plain-text.ts';
import { filesUnder, readText } from './read-files.ts';

const entriesPerText = 400;

/** GCIDE as dictd stores it: entries begin at the left margin, and their lines are wrapped and indented. */
export function* gcideTexts(directory: string): Iterable<SourceText> {
  for (const path of filesUnder(directory, /gcide\.dict\.dz$/)) {
    const entries = readText(path)
      .split(/\n(?=\S)/)
      .map(entryOfGcide)
      .filter((entry) => entry.length > 0);
    yield* inBatches('GCIDE', entries.slice(20));
  }
}

/** `Abjure \Ab*jure"\, v. i.` and its indented lines → one paragraph, provenance marks and braces dropped. */
export function entryOfGcide(raw: string): string {
  return raw
    .replace(/\[(1913 Webster|PJC|Webster 1913 Suppl\.|WordNet 1\.5|[^\]]*\+PJC)\]/g, '')
    .replace(/[{}]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** WordNet's data files: `offset lex type words… | gloss`. One line per synset: its words, class and gloss. */
export function* wordnetTexts(directory: string): Iterable<SourceText> {
  for (const path of filesUnder(directory, /wordnet\/data\.(noun|verb|adj|adv)$/)) {
    const partOfSpeech = path.split('.').at(-1) as string;
    const entries = readText(path)
      .split('\n')
      .filter((line) => /^\d{8}/.test(line))
      .map((line) => entryOfWordnet(line, partOfSpeech));
    yield* inBatches(`WordNet ${partOfSpeech}`, entries);
  }
}

export function entryOfWordnet(line: string, partOfSpeech: string): string {
  const [data = '', gloss = ''] = line.split(' | ', 2);
  const fields = data.split(' ');
  const nWords = Number.parseInt(fields[3] ?? '0', 16);
  const words = Array.from({ length: nWords }, (_, index) => (fields[4 + 2 * index] ?? '').replace(/\(\w+\)$/, ''));
  return `${words.join(', ').replaceAll('_', ' ')} (${partOfSpeech}): ${gloss.trim()}`;
}

function* inBatches(name: string, entries: string[]): Iterable<SourceText> {
  for (let start = 0; start < entries.length; start += entriesPerText) {
    const batch = entries.slice(start, start + entriesPerText);
    yield { name: `${name} ${start / entriesPerText + 1}`, text: normaliseText(batch.join('\n\n')) };
  }
}
