import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DictionaryUpload, maxDictionaryTextBytes, maxDictionaryWeightBytes } from '@featurescope/contracts';
import { dictionaryFileNames, explainPickle, isPickle } from '@featurescope/sae/dictionary-files';
import type { Store } from '@featurescope/store';
import { AppError, notFound } from '../../../app-error.ts';

/** What is not imported by then is removed. */
const keptMs = 24 * 3_600_000;
/** Where the upload's folder is written down, which some formats tell model and hook by. */
const folderFile = 'folder.txt';

export interface UploadedFile {
  /** As the client named it. */
  name: string;
  stream: Readable;
}

/** Files of dictionaries that were uploaded, until they are imported. */
export class DictionaryUploads {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Streams the files to the store. None of it stays when something is wrong with one. */
  async receive(files: AsyncIterable<UploadedFile>, folder: () => string | undefined): Promise<DictionaryUpload> {
    await this.removeOld();
    const uploadId = randomUUID();
    const directory = this.store.uploadDirectory(uploadId);
    await mkdir(directory, { recursive: true });
    try {
      const received: DictionaryUpload['files'] = [];
      for await (const { name, stream } of files) {
        if (received.some((file) => file.name === name))
          throw invalid(`There are two files named ${name}. Send the files of one dictionary.`);
        const sizeBytes = await receiveFile(path.join(directory, checkedName(name)), stream, maxBytesOf(name));
        received.push({ name, sizeBytes });
      }
      if (received.length === 0) throw invalid('There are no files. Send those of a dictionary as parts named file.');
      await writeFile(path.join(directory, folderFile), folder() ?? '');
      return { uploadId, files: received };
    } catch (error) {
      await this.store.removeUpload(uploadId);
      throw error;
    }
  }

  /** Where the files lie, the folder they came from, and their names. Throws not_found. */
  async open(uploadId: string): Promise<{ directory: string; location: string; names: string[] }> {
    const directory = this.store.uploadDirectory(uploadId.toLowerCase());
    if (!existsSync(path.join(directory, folderFile))) throw notFound('upload', uploadId);
    const names = (await readdir(directory)).filter((name) => name !== folderFile).sort();
    return { directory, location: await readFile(path.join(directory, folderFile), 'utf8'), names };
  }

  remove(uploadId: string): Promise<void> {
    return this.store.removeUpload(uploadId.toLowerCase());
  }

  /** Uploads that nobody imported for a day, or that were cut short. */
  async removeOld(): Promise<void> {
    const uploads = path.join(this.store.root, 'uploads');
    for (const id of await readdir(uploads).catch(() => [])) {
      const { mtimeMs } = await stat(path.join(uploads, id)).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > keptMs) await this.store.removeUpload(id).catch(() => {});
    }
  }
}

const invalid = (message: string) => new AppError('dictionary_invalid', message, { field: 'file' });

/** A name that some format reads: nothing else becomes part of a path. */
function checkedName(name: string): string {
  if (dictionaryFileNames.has(name)) return name;
  const shown = name.slice(0, 100);
  if (isPickle(name)) throw invalid(explainPickle(shown));
  throw invalid(
    `${JSON.stringify(shown)} is no file of a dictionary. Those are ${[...dictionaryFileNames].join(', ')}.`,
  );
}

const maxBytesOf = (name: string) => (name.endsWith('.json') ? maxDictionaryTextBytes : maxDictionaryWeightBytes);

async function receiveFile(file: string, stream: Readable, maxBytes: number): Promise<number> {
  let sizeBytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxBytes) done(null, chunk);
      else
        done(
          new AppError(
            'payload_too_large',
            `${path.basename(file)} exceeds ${maxBytes} bytes, the most that is read.`,
            {
              field: 'file',
            },
          ),
        );
    },
  });
  await pipeline(stream, bounded, createWriteStream(file, { flags: 'wx' }));
  return sizeBytes;
}
