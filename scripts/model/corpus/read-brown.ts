import type { SourceText } from './document.ts';
import { filesUnder, readText } from './read-files.ts';

/** The Brown corpus is stored as `word/tag` tokens, a sentence a line; this puts the sentences back together. */
export function* brownTexts(directory: string): Iterable<SourceText> {
  for (const path of filesUnder(directory, /package\/c[a-r]\d\d$/)) {
    const paragraphs = readText(path)
      .split(/\n\s*\n\s*\n/)
      .map((paragraph) => joinTaggedWords(paragraph.split(/\s+/).filter(Boolean)))
      .filter((paragraph) => paragraph.length > 0);
    yield { name: `Brown ${path.slice(-4).toUpperCase()}`, text: paragraphs.join('\n\n') };
  }
}

/** `The/at jury/nn said/vbd ,/,` → `The jury said,` with the quotation marks `` and '' made plain. */
export function joinTaggedWords(tokens: string[]): string {
  let text = '';
  let glueNext = true;
  for (const token of tokens) {
    const cut = token.lastIndexOf('/');
    const word = (cut > 0 ? token.slice(0, cut) : token).replace(/^``$/, '“').replace(/^''$/, '”');
    const gluesToLeft = /^([,.;:!?)\]”]|'s)$/.test(word);
    text += gluesToLeft || glueNext ? word : ` ${word}`;
    glueNext = /^[([“]$/.test(word);
  }
  return text.replace(/[“”]/g, '"').replace(/([.!?;]) ?\1/g, '$1');
}
