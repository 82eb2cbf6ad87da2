import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CorpusDocument } from './corpus/document.ts';
import { corpusCache } from './corpus/fetch-package.ts';

/** Streams the corpus that `corpus.ts` built. */
export async function* corpusDocuments(): AsyncGenerator<CorpusDocument> {
  const lines = createInterface({
    input: createReadStream(join(corpusCache, 'documents.jsonl')),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) yield JSON.parse(line) as CorpusDocument;
}
