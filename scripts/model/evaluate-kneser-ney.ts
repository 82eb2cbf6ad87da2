/** Scores the held-out documents with an interpolated modified Kneser-Ney 5-gram over the same tokens and the same
 *  training text: the baseline of the model card. Usage: tsx scripts/model/evaluate-kneser-ney.ts */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusCache } from './corpus/fetch-package.ts';
import { heldOutDocuments, sumBits } from './evaluation/held-out.ts';
import { kneserNeyBits } from './evaluation/kneser-ney-bits.ts';
import { KneserNey } from './kneser-ney/kneser-ney.ts';
import { modelDirectory } from './model-directory.ts';
import { BytePairEncoder } from './tokenizer/encode-bpe.ts';
import { endOfTextId, readTokenizer } from './tokenizer/hugging-face-files.ts';

const file = readFileSync(join(corpusCache, 'train.u16'));
const stream = new Uint16Array(file.buffer, file.byteOffset, file.byteLength / 2);
const documents: Uint16Array[] = [];
for (let start = 0; start < stream.length; ) {
  const next = stream.indexOf(endOfTextId, start + 1);
  const end = next < 0 ? stream.length : next;
  documents.push(stream.subarray(start + 1, end));
  start = end;
}
const encoding = readTokenizer(modelDirectory);
const model = new KneserNey(documents, { order: 5, vocabularySize: encoding.tokens.length });
console.log(`5-gram counted, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`);
const sums = sumBits(await heldOutDocuments(new BytePairEncoder(encoding)), (document) =>
  kneserNeyBits(model, document.tokens),
);
writeFileSync(
  join(modelDirectory, 'kneser-ney.json'),
  `${JSON.stringify({ order: 5, nTrainTokens: stream.length, heldOut: sums }, null, 2)}\n`,
);
console.log(`${sums.total!.bitsPerByte.toFixed(4)} bits a byte over ${sums.total!.nTokens} tokens`);
