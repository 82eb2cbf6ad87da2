import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import type { DocumentContextSource } from '@featurescope/interp';
import type { Tokenizer } from '@featurescope/lm';

export const bundledModelDirectory = fileURLToPath(new URL('../models/featurescope-tiny', import.meta.url));

/** The beginning of the bundled dataset, or of one side of it, as contexts in memory: at least nTokens tokens where there are that many. */
export async function bundledContexts(
  tokenizer: Tokenizer,
  { nTokens, contextSize, side }: { nTokens: number; contextSize: number; side?: BundledDocument['split'] },
): Promise<DocumentContextSource & { nTokens: number }> {
  const contexts: { tokenIds: Int32Array; documentIndex: number }[] = [];
  const documents: { name: string; kind: string }[] = [];
  const bos = tokenizer.bosTokenId === null ? [] : [tokenizer.bosTokenId];
  let total = 0;
  for await (const { text, name, kind, split } of bundledDocuments()) {
    if (side !== undefined && split !== side) continue;
    if (total >= nTokens) break;
    const documentIndex = documents.push({ name, kind }) - 1;
    const tokenIds = tokenizer.encode(text);
    for (let start = 0; start < tokenIds.length; start += contextSize - bos.length) {
      const piece = Int32Array.from([...bos, ...tokenIds.slice(start, start + contextSize - bos.length)]);
      contexts.push({ tokenIds: piece, documentIndex });
      total += piece.length;
    }
  }
  return {
    nTokens: total,
    nContexts: contexts.length,
    context: (index) => contexts[index],
    document: (index) => documents[index],
  };
}

interface BundledDocument {
  text: string;
  name: string;
  kind: string;
  split: 'train' | 'heldout';
}

async function* bundledDocuments(): AsyncGenerator<BundledDocument> {
  const directory = path.join(bundledModelDirectory, 'dataset');
  const parts = (await readdir(directory)).filter((file) => file.endsWith('.jsonl.gz')).sort();
  for (const part of parts) {
    const lines = createInterface({ input: createReadStream(path.join(directory, part)).pipe(createGunzip()) });
    for await (const line of lines) if (line) yield JSON.parse(line);
  }
}
