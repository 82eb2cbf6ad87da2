import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { beginDataset, completeDataset, type Db, failDataset } from '@featurescope/db';
import { DocumentWriter, type Store } from '@featurescope/store';
import { z } from 'zod';
import { readTextLines } from './dataset-parsing/text-lines.ts';

const manifestSchema = z.object({
  name: z.string(),
  parts: z.array(z.object({ file: z.string().regex(/^[\w.-]+\.jsonl\.gz$/) })),
});
const documentSchema = z.object({
  text: z.string(),
  name: z.string(),
  kind: z.string(),
  split: z.enum(['train', 'heldout']).optional(),
});

export interface BundledDatasetOptions {
  db: Db;
  store: Store;
  /** Holds dataset.json and its gzip parts. */
  directory: string;
  /** Ends the import; what it left is cleared up at the next start. */
  signal: AbortSignal;
}

/** Copies the dataset that ships with the model into the store. Null when this checkout has none. */
export async function importBundledDataset(options: BundledDatasetOptions): Promise<string | null> {
  const { db, store, directory, signal } = options;
  const manifestText = await readFile(path.join(directory, 'dataset.json'), 'utf8').catch(() => null);
  if (manifestText === null) return null;
  const manifest = manifestSchema.parse(JSON.parse(manifestText));
  const id = randomUUID();
  await beginDataset(db, { id, name: manifest.name, format: 'jsonl', originalName: null, bundled: true });
  const writer = await DocumentWriter.create(store.datasetDirectory(id));
  try {
    for (const part of manifest.parts) {
      const stream = createReadStream(path.join(directory, part.file)).pipe(createGunzip());
      for await (const line of readTextLines(stream)) {
        signal.throwIfAborted();
        if (line.text !== '') await writer.add(documentSchema.parse(JSON.parse(line.text)));
      }
    }
    const contents = await writer.finish();
    await db.prisma.$transaction((transaction) => completeDataset(transaction, id, contents));
    return id;
  } catch (error) {
    await writer.abort();
    if (!signal.aborted) await failDataset(db, id, (error as Error).message);
    throw error;
  }
}
