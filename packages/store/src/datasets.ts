import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { readLines, syncDirectory } from './atomic.ts';

/** One text of a dataset. A context never crosses from one into the next. */
export interface StoredDocument {
  text: string;
  /** Where it is from, for people: a title, a file and part. */
  name: string;
  /** What it is, for predicates and people: "novel", "python". */
  kind: string;
  /** Set where the dataset itself holds documents out. */
  split?: 'train' | 'heldout';
}

export interface DatasetSummary {
  nDocuments: number;
  sizeBytes: number;
  /** sha256 of the normalised file: the same documents in the same order give the same hash. */
  contentHash: string;
  kinds: { kind: string; nDocuments: number }[];
  /** The beginning of the first document. */
  sample: string;
}

const documentsFile = 'documents.jsonl';
const flushBytes = 1 << 20;
const sampleLength = 400;
/** Kinds that are counted apart; the rest counts as "other", so that a field of unique values does not fill memory. */
const maxKinds = 200;
/** Twice the longest accepted line: JSON escapes can lengthen a text on its way in. */
const maxStoredLineBytes = 64 * 1024 ** 2;

/** Writes a dataset's normalised file, one JSON object a line, in bounded memory. It appears under its name only when finished. */
export class DocumentWriter {
  private readonly hash = createHash('sha256');
  private readonly kinds = new Map<string, number>();
  private buffer: string[] = [];
  private bufferedBytes = 0;
  private nDocuments = 0;
  private sizeBytes = 0;
  private sample = '';
  private readonly directory: string;
  private readonly handle: FileHandle;

  private constructor(directory: string, handle: FileHandle) {
    this.directory = directory;
    this.handle = handle;
  }

  /** directory: made when missing; a file left there by an interrupted writer is replaced. */
  static async create(directory: string): Promise<DocumentWriter> {
    await mkdir(directory, { recursive: true });
    return new DocumentWriter(directory, await open(path.join(directory, `${documentsFile}.partial`), 'w'));
  }

  async add(document: StoredDocument): Promise<void> {
    const { text, name, kind, split } = document;
    const line = `${JSON.stringify(split ? { text, name, kind, split } : { text, name, kind })}\n`;
    if (this.nDocuments === 0) this.sample = text.slice(0, sampleLength);
    this.nDocuments++;
    const counted = this.kinds.has(kind) || this.kinds.size < maxKinds ? kind : 'other';
    this.kinds.set(counted, (this.kinds.get(counted) ?? 0) + 1);
    this.buffer.push(line);
    this.bufferedBytes += line.length;
    if (this.bufferedBytes >= flushBytes) await this.flush();
  }

  /** Syncs the file and gives it its name. */
  async finish(): Promise<DatasetSummary> {
    await this.flush();
    await this.handle.sync();
    await this.handle.close();
    await rename(path.join(this.directory, `${documentsFile}.partial`), path.join(this.directory, documentsFile));
    await syncDirectory(this.directory);
    return {
      nDocuments: this.nDocuments,
      sizeBytes: this.sizeBytes,
      contentHash: this.hash.digest('hex'),
      kinds: [...this.kinds]
        .map(([kind, nDocuments]) => ({ kind, nDocuments }))
        .sort((a, b) => b.nDocuments - a.nDocuments),
      sample: this.sample,
    };
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    await this.handle.close().catch(() => {});
    await rm(this.directory, { recursive: true, force: true });
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.from(this.buffer.join(''));
    this.buffer = [];
    this.bufferedBytes = 0;
    if (bytes.length === 0) return;
    this.hash.update(bytes);
    this.sizeBytes += bytes.length;
    await this.handle.appendFile(bytes);
  }
}

/** Reads a dataset's documents in order, one at a time in memory. */
export async function* readDocuments(directory: string): AsyncGenerator<StoredDocument> {
  for await (const line of readLines(path.join(directory, documentsFile), maxStoredLineBytes)) {
    yield JSON.parse(line) as StoredDocument;
  }
}
