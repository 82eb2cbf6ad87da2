export interface Definition {
  term: string;
  /** One sentence, for a tooltip. */
  meaning: string;
  /** More, for the glossary. */
  more?: string;
}
