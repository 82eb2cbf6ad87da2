import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from './atomic.ts';
import { BufferedFile } from './buffered-file.ts';
import {
  bytesPerToken,
  type CorpusDocument,
  type CorpusHeader,
  type CorpusSplit,
  corpusFiles,
} from './token-corpus-format.ts';

/** Share of documents held out, by hash of their text. */
const heldOutShare = 0.08;
const abandonedAfterMs = 3_600_000;
const contextRecordBytes = 8;

export interface CorpusWriterOptions {
  tokenizerHash: string;
  vocabSize: number;
  /** Longest context in tokens, its beginning-of-text token included; at least 2. */
  contextSize: number;
  /** Begins every context; null for a model that has none. */
  bosTokenId: number | null;
}

/** Which side a document falls on. The same text always falls on the same side, so that a duplicate cannot leak. */
export function splitOfText(text: string): CorpusSplit {
  return createHash('sha1').update(text).digest().readUInt32BE(0) / 2 ** 32 < heldOutShare ? 'heldout' : 'train';
}

/** Cuts documents into contexts and writes them as they come: memory grows with the number of documents (about 100 bytes
 *  each), never with their length. Nothing appears under `directory` before `finish`, which renames the whole at once. */
export class TokenCorpusWriter {
  private readonly documents: CorpusDocument[] = [];
  private readonly header: CorpusHeader;
  private readonly directory: string;
  private readonly temporary: string;
  private readonly tokens: BufferedFile;
  private readonly contexts: BufferedFile;
  private longest = { document: -1, firstContext: 0, nContexts: 0, nTokens: 0 };

  private constructor(directory: string, temporary: string, options: CorpusWriterOptions, files: BufferedFile[]) {
    this.directory = directory;
    this.temporary = temporary;
    [this.tokens, this.contexts] = files;
    this.header = {
      version: 1,
      ...options,
      bytesPerToken: bytesPerToken(options.vocabSize),
      nTokens: 0,
      nContexts: 0,
      nDocuments: 0,
      nHeldOutTokens: 0,
    };
  }

  /** Throws RangeError when contextSize leaves no room for a token after the beginning-of-text token. */
  static async create(directory: string, options: CorpusWriterOptions): Promise<TokenCorpusWriter> {
    if (!Number.isInteger(options.contextSize) || options.contextSize < 2)
      throw new RangeError(`contextSize is ${options.contextSize}; it must be an integer of at least 2`);
    const temporary = `${directory}.${randomUUID()}.partial`;
    await mkdir(temporary, { recursive: true });
    await removeAbandoned(directory);
    const files = corpusFiles(temporary);
    return new TokenCorpusWriter(directory, temporary, options, [
      await BufferedFile.create(files.tokens),
      await BufferedFile.create(files.contexts),
    ]);
  }

  get nTokens(): number {
    return this.header.nTokens;
  }

  /** Adds one document: `tokenIds` are its tokens without special ones. An empty document is left out. */
  async addDocument(document: CorpusDocument, tokenIds: ArrayLike<number>): Promise<void> {
    if (tokenIds.length === 0) return;
    const { contextSize, bosTokenId } = this.header;
    const room = contextSize - (bosTokenId === null ? 0 : 1);
    const documentIndex = this.documents.push({ ...document }) - 1;
    const { nContexts: firstContext, nTokens: firstToken } = this.header;
    for (let start = 0; start < tokenIds.length; start += room)
      await this.addContext(documentIndex, tokenIds, start, Math.min(tokenIds.length, start + room));
    const nContexts = this.header.nContexts - firstContext;
    const nTokens = this.header.nTokens - firstToken;
    if (nTokens > this.longest.nTokens) this.longest = { document: documentIndex, firstContext, nContexts, nTokens };
  }

  private async addContext(documentIndex: number, tokenIds: ArrayLike<number>, start: number, end: number) {
    const { bosTokenId, bytesPerToken: width, vocabSize } = this.header;
    const offset = bosTokenId === null ? 0 : 1;
    const length = end - start + offset;
    const bytes = Buffer.allocUnsafe(length * width);
    const put = (tokenId: number, position: number) =>
      width === 2 ? bytes.writeUInt16LE(tokenId, position * 2) : bytes.writeUInt32LE(tokenId, position * 4);
    if (bosTokenId !== null) put(bosTokenId, 0);
    for (let i = start; i < end; i++) {
      if (!(tokenIds[i] >= 0 && tokenIds[i] < vocabSize))
        throw new RangeError(`token ${i} of a document is ${tokenIds[i]}; the vocabulary has ${vocabSize} tokens`);
      put(tokenIds[i], i - start + offset);
    }
    const record = Buffer.allocUnsafe(contextRecordBytes);
    record.writeUInt32LE(documentIndex, 0);
    record.writeUInt32LE(length, 4);
    await this.tokens.append(bytes);
    await this.contexts.append(record);
    this.header.nTokens += length;
    this.header.nContexts++;
    if (this.documents[documentIndex].split === 'heldout') this.header.nHeldOutTokens += length;
  }

  /** Syncs everything and moves it to its place. When another writer was faster its corpus stays: both are the same,
   *  because the cut depends on the documents alone. */
  async finish(): Promise<CorpusHeader> {
    await this.tokens.flush();
    await this.contexts.flush();
    await this.ensureBothSplits();
    await this.tokens.close();
    await this.contexts.close();
    this.header.nDocuments = this.documents.length;
    const files = corpusFiles(this.temporary);
    const documents = await BufferedFile.create(files.documents);
    for (const document of this.documents) await documents.append(Buffer.from(`${JSON.stringify(document)}\n`));
    await documents.close();
    const header = await BufferedFile.create(files.header);
    await header.append(Buffer.from(JSON.stringify(this.header)));
    await header.close();
    await mkdir(path.dirname(this.directory), { recursive: true });
    try {
      await rename(this.temporary, this.directory);
      await syncDirectory(path.dirname(this.directory));
    } catch (cause) {
      if (!existsSync(corpusFiles(this.directory).header)) throw cause;
      await rm(this.temporary, { recursive: true, force: true });
    }
    return this.header;
  }

  /** A text of one or two documents may leave a side empty. Its longest document is then cut in two: the end, a twelfth
   *  of it, is held out. A corpus of a single context stays undivided. */
  private async ensureBothSplits(): Promise<void> {
    const { header, longest } = this;
    const nTrainTokens = header.nTokens - header.nHeldOutTokens;
    if ((header.nHeldOutTokens > 0 && nTrainTokens > 0) || longest.nContexts < 2) return;
    const whole = this.documents[longest.document];
    const endIndex = this.documents.push({ ...whole, name: `${whole.name} (end)`, split: 'heldout' }) - 1;
    const nMoved = Math.max(1, Math.round(longest.nContexts * heldOutShare));
    const index = Buffer.alloc(4);
    index.writeUInt32LE(endIndex);
    for (let i = longest.nContexts - nMoved; i < longest.nContexts; i++)
      await this.contexts.patch(index, (longest.firstContext + i) * contextRecordBytes);
    const nKeptTokens = (longest.nContexts - nMoved) * header.contextSize;
    if (whole.split === 'heldout') header.nHeldOutTokens -= nKeptTokens;
    else header.nHeldOutTokens += longest.nTokens - nKeptTokens;
    whole.split = 'train';
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.tokens.close().catch(() => undefined);
    await this.contexts.close().catch(() => undefined);
    await rm(this.temporary, { recursive: true, force: true });
  }
}

/** Removes what writers of the same corpus left that were killed; one that still writes has touched its files lately. */
async function removeAbandoned(directory: string): Promise<void> {
  const prefix = `${path.basename(directory)}.`;
  for (const name of await readdir(path.dirname(directory))) {
    if (!name.startsWith(prefix) || !name.endsWith('.partial')) continue;
    const partial = path.join(path.dirname(directory), name);
    const tokens = await stat(corpusFiles(partial).tokens).catch(() => null);
    if (tokens !== null && Date.now() - tokens.mtimeMs > abandonedAfterMs)
      await rm(partial, { recursive: true, force: true });
  }
}
