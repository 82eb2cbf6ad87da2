import type { DictionaryFormat, DictionaryMetadata, InferenceConfig } from '@featurescope/sae';

/** A dictionary without its weights. */
export interface DictionarySummary {
  format: DictionaryFormat;
  /** What was found, in a sentence. */
  found: string;
  config: InferenceConfig;
  metadata: Partial<DictionaryMetadata>;
  notes: string[];
}

/** Child to parent: first what was read, then, where it was asked to write, that it is written. */
export type ChildMessage =
  | { type: 'read'; summary: DictionarySummary }
  | { type: 'written' }
  /** The files are not a dictionary that can be read; the message says why. */
  | { type: 'refused'; message: string };

/** Parent to child, after `read`: keep it as a SAELens directory. */
export interface WriteMessage {
  type: 'write';
  directory: string;
  /** Over what the files say. */
  metadata: Partial<DictionaryMetadata>;
}
