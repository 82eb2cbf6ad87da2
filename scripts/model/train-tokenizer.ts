/** Learns the byte-level BPE vocabulary on the training documents and writes the tokenizer files.
 *  Usage: tsx scripts/model/train-tokenizer.ts */
import { mkdirSync } from 'node:fs';
import { corpusDocuments } from './documents.ts';
import { contextLength, modelDirectory } from './model-directory.ts';
import { endOfText, writeTokenizer } from './tokenizer/hugging-face-files.ts';
import { forEachWord } from './tokenizer/pre-tokenize.ts';
import { trainBytePairs } from './tokenizer/train-bpe.ts';

const vocabularySize = 4096;
/** Words seen once cannot make a pair worth a token; leaving them out halves the work. */
const smallestCount = 2;

const counts = new Map<string, number>();
for await (const document of corpusDocuments()) {
  if (document.split !== 'train') continue;
  forEachWord(document.text, (word) => counts.set(word, (counts.get(word) ?? 0) + 1));
}
for (const [word, count] of counts) if (count < smallestCount) counts.delete(word);
const encoding = trainBytePairs(counts, { vocabularySize, specialTokens: [endOfText] });
mkdirSync(modelDirectory, { recursive: true });
writeTokenizer(modelDirectory, encoding, contextLength);
console.log(`${counts.size} distinct words → ${encoding.tokens.length} tokens, ${encoding.merges.length} merges`);
