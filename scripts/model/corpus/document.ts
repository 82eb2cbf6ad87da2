/** A text as a reader found it: one book, one address, one source file. `name` is unique within its source. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

export type Split = 'train' | 'heldout';

/** A piece of a source text, the unit that is shuffled, held out and shown to people. */
export interface CorpusDocument {
  readonly name: string;
  readonly kind: string;
  readonly source: string;
  readonly split: Split;
  readonly text: string;
}
