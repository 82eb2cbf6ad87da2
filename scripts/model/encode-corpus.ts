/** Encodes the corpus into token streams for training: documents shuffled with a seed, each preceded by
 *  `<|endoftext|>`, as uint16 little-endian. Usage: tsx scripts/model/encode-corpus.ts */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Split } from './corpus/document.ts';
import { corpusCache } from './corpus/fetch-package.ts';
import { corpusDocuments } from './documents.ts';
import { modelDirectory } from './model-directory.ts';
import { SeededRandom } from './seeded-random.ts';
import { BytePairEncoder } from './tokenizer/encode-bpe.ts';
import { endOfTextId, readTokenizer } from './tokenizer/hugging-face-files.ts';

const shuffleSeed = 20261122;

const encoder = new BytePairEncoder(readTokenizer(modelDirectory));
const encoded: Record<Split, Uint16Array[]> = { train: [], heldout: [] };
let sizeBytes = 0;
for await (const document of corpusDocuments()) {
  sizeBytes += Buffer.byteLength(document.text);
  encoded[document.split].push(Uint16Array.from([endOfTextId, ...encoder.encode(document.text)]));
}
for (const [split, documents] of Object.entries(encoded)) {
  if (split === 'train') new SeededRandom(shuffleSeed).shuffle(documents);
  const path = join(corpusCache, `${split}.u16`);
  writeFileSync(path, Buffer.concat(documents.map((ids) => Buffer.from(ids.buffer))));
  const nTokens = documents.reduce((sum, ids) => sum + ids.length, 0);
  console.log(`${split}: ${documents.length} documents, ${nTokens} tokens → ${path}`);
}
const total = Object.values(encoded)
  .flat()
  .reduce((sum, ids) => sum + ids.length, 0);
console.log(`${(sizeBytes / total).toFixed(3)} bytes a token`);
