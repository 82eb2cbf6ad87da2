import { stat } from 'node:fs/promises';
import path from 'node:path';
import { loadTokenizer, type Tokenizer } from '@featurescope/lm/tokenizer';
import { isGguf } from './model-roots.ts';

/** A model's tokens as people read and search them. */
export interface Vocabulary {
  tokenizer: Tokenizer;
  /** Text of one token, for display. */
  text(tokenId: number): string;
  /** Tokens whose text contains this, best first: equal, then beginning with it, then containing it. At most `limit`. */
  search(part: string, limit: number): number[];
}

/** Of a run without text: there is nothing to read or to search. */
export const noVocabulary: Omit<Vocabulary, 'tokenizer'> = { text: () => '', search: () => [] };

/** Tokenizers of model directories, each loaded once and again when its file changes. */
export class Vocabularies {
  private readonly loaded = new Map<string, { stamp: string; vocabulary: Promise<Vocabulary> }>();

  async of(directory: string): Promise<Vocabulary> {
    const { size, mtimeMs } = await stat(isGguf(directory) ? directory : path.join(directory, 'tokenizer.json'));
    const stamp = `${size} ${mtimeMs}`;
    const known = this.loaded.get(directory);
    if (known?.stamp === stamp) return known.vocabulary;
    const vocabulary = loadTokenizer(directory).then(createVocabulary);
    this.loaded.set(directory, { stamp, vocabulary });
    // A failed load is not remembered.
    vocabulary.catch(() => this.loaded.delete(directory));
    return vocabulary;
  }
}

export function createVocabulary(tokenizer: Tokenizer): Vocabulary {
  let searchable: string[] | undefined;
  return {
    tokenizer,
    text: (tokenId) => tokenizer.tokenText(tokenId),
    search(part, limit) {
      searchable ??= Array.from({ length: tokenizer.vocabSize }, (_, id) =>
        tokenizer.tokenText(id).trim().toLowerCase(),
      );
      const wanted = part.trim().toLowerCase();
      if (wanted === '') return [];
      const ranks: number[][] = [[], [], []];
      for (const [id, text] of searchable.entries()) {
        if (text === wanted) ranks[0].push(id);
        else if (text.startsWith(wanted)) ranks[1].push(id);
        else if (text.includes(wanted)) ranks[2].push(id);
      }
      return ranks.flat().slice(0, limit);
    },
  };
}
