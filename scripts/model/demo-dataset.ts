/** Writes the dataset that ships with the model: a seeded sample of the training documents and all held-out documents
 *  whose licences allow it, as gzip JSONL. Usage: tsx scripts/model/demo-dataset.ts */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CorpusDocument } from './corpus/document.ts';
import { corpusSources } from './corpus/sources.ts';
import { corpusDocuments } from './documents.ts';
import { modelDirectory } from './model-directory.ts';
import { SeededRandom } from './seeded-random.ts';
import { BytePairEncoder } from './tokenizer/encode-bpe.ts';
import { readTokenizer } from './tokenizer/hugging-face-files.ts';

const seed = 7;
const nTrainTokens = 3_100_000;
const nParts = 4;

const redistributable = new Set(corpusSources.filter((source) => source.redistribute).map((source) => source.id));
const encoder = new BytePairEncoder(readTokenizer(modelDirectory));
const random = new SeededRandom(seed);
const candidates: CorpusDocument[] = [];
for await (const document of corpusDocuments()) if (redistributable.has(document.source)) candidates.push(document);
random.shuffle(candidates);

const chosen: CorpusDocument[] = [];
const nTokens = { train: 0, heldout: 0 };
const kinds: Record<string, { nDocuments: number; nTokens: number }> = {};
for (const document of candidates) {
  if (document.split === 'train' && nTokens.train >= nTrainTokens) continue;
  const length = encoder.encode(document.text).length;
  nTokens[document.split] += length;
  const kind = kinds[document.kind] ?? { nDocuments: 0, nTokens: 0 };
  kinds[document.kind] = kind;
  kind.nDocuments += 1;
  kind.nTokens += length;
  chosen.push(document);
}
random.shuffle(chosen);

const directory = join(modelDirectory, 'dataset');
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const parts = Array.from({ length: nParts }, (_, part) => {
  const documents = chosen.slice(
    Math.floor((part * chosen.length) / nParts),
    Math.floor(((part + 1) * chosen.length) / nParts),
  );
  const lines = documents.map(({ text, name, kind, split, source }) =>
    JSON.stringify({ text, name, kind, split, source }),
  );
  const file = `part-${String(part).padStart(5, '0')}.jsonl.gz`;
  const bytes = gzipSync(`${lines.join('\n')}\n`, { level: 9 });
  writeFileSync(join(directory, file), bytes);
  return { file, nDocuments: documents.length, sizeBytes: bytes.length };
});
const usedSources = new Set(chosen.map((document) => document.source));
const description = {
  name: 'featurescope-mixture',
  description:
    'Addresses, novels, drama, the King James Bible, the Brown corpus, dictionaries, documentation in six languages and source code: a sample of the text that featurescope-tiny was trained on, with the documents held out from it marked.',
  nDocuments: chosen.length,
  nTokens: nTokens.train + nTokens.heldout,
  nTokensBySplit: nTokens,
  fields: { text: 'text', name: 'name', kind: 'kind', split: 'split', source: 'source' },
  seed,
  parts,
  kinds: Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1))),
  licences: corpusSources
    .filter((source) => usedSources.has(source.id))
    .map(({ id, registry, spec, licence }) => ({ source: id, package: `${registry}:${spec}`, licence })),
};
writeFileSync(join(directory, 'dataset.json'), `${JSON.stringify(description, null, 2)}\n`);
console.log(
  `${description.nDocuments} documents, ${description.nTokens} tokens, ${parts.reduce((sum, part) => sum + part.sizeBytes, 0)} bytes`,
);
