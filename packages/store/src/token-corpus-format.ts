import path from 'node:path';

/** A document's side: the dictionary is trained on one and judged on the other. */
export type CorpusSplit = 'train' | 'heldout';

export interface CorpusDocument {
  name: string;
  kind: string;
  split: CorpusSplit;
}

/** `corpus.json`. Beside it lie `tokens.bin` (the contexts' token ids, one after another, little-endian), `contexts.bin`
 *  (per context two uint32: document index, length) and `documents.jsonl` (one CorpusDocument a line). */
export interface CorpusHeader {
  version: 1;
  tokenizerHash: string;
  vocabSize: number;
  contextSize: number;
  bosTokenId: number | null;
  bytesPerToken: 2 | 4;
  nTokens: number;
  nContexts: number;
  nDocuments: number;
  nHeldOutTokens: number;
}

export const corpusFiles = (directory: string) => ({
  header: path.join(directory, 'corpus.json'),
  tokens: path.join(directory, 'tokens.bin'),
  contexts: path.join(directory, 'contexts.bin'),
  documents: path.join(directory, 'documents.jsonl'),
});

/** Two bytes a token as long as every id fits. */
export const bytesPerToken = (vocabSize: number): 2 | 4 => (vocabSize <= 65_536 ? 2 : 4);

/** The corpus directory is missing, incomplete or contradicts itself. It can be made again from its dataset. */
export class CorpusFormatError extends Error {
  override name = 'CorpusFormatError';
}
