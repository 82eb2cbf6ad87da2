import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import {
  type CorpusDocument,
  CorpusFormatError,
  type CorpusHeader,
  type CorpusSplit,
  corpusFiles,
} from './token-corpus-format.ts';

/** Token files up to this size are read whole; longer ones by position. */
const residentBytes = 256 * 1024 ** 2;

export interface CorpusContext {
  tokenIds: Int32Array;
  documentIndex: number;
  /** Position in the document of the first token that is not the beginning-of-text token. */
  start: number;
}

/** A tokenised corpus on disk. `context` is random access; besides a token file under 256 MB it keeps 16 bytes a context
 *  and the documents' names in memory. */
export class TokenCorpus {
  readonly header: CorpusHeader;
  private readonly documents: CorpusDocument[];
  private readonly documentOfContext: Uint32Array;
  /** Index of the first token of each context, and the end: nContexts + 1 entries. */
  private readonly offsets: Float64Array;
  private readonly firstContextOfDocument: Uint32Array;
  private readonly readTokens: (position: number, sizeBytes: number) => Buffer;
  private readonly close: () => void;

  private constructor(directory: string) {
    const files = corpusFiles(directory);
    this.header = JSON.parse(readFileSync(files.header, 'utf8'));
    this.documents = readDocuments(files.documents);
    const { nContexts, nDocuments, nTokens, bytesPerToken } = this.header;
    const records = readFileSync(files.contexts);
    if (records.length !== nContexts * 8 || this.documents.length !== nDocuments)
      throw new CorpusFormatError(`${directory} holds ${records.length / 8} contexts; its header says ${nContexts}`);
    this.documentOfContext = new Uint32Array(nContexts);
    this.offsets = new Float64Array(nContexts + 1);
    this.firstContextOfDocument = new Uint32Array(nDocuments);
    for (let i = 0; i < nContexts; i++) {
      const documentIndex = records.readUInt32LE(i * 8);
      this.documentOfContext[i] = documentIndex;
      if (i === 0 || this.documentOfContext[i - 1] !== documentIndex) this.firstContextOfDocument[documentIndex] = i;
      this.offsets[i + 1] = this.offsets[i] + records.readUInt32LE(i * 8 + 4);
    }
    const sizeBytes = statSync(files.tokens).size;
    if (this.offsets[nContexts] !== nTokens || sizeBytes !== nTokens * bytesPerToken)
      throw new CorpusFormatError(`${files.tokens} has ${sizeBytes} bytes; ${nTokens * bytesPerToken} were expected`);
    if (sizeBytes <= residentBytes) {
      const bytes = readFileSync(files.tokens);
      this.readTokens = (position, size) => bytes.subarray(position, position + size);
      this.close = () => undefined;
    } else {
      const descriptor = openSync(files.tokens, 'r');
      this.readTokens = (position, size) => {
        const bytes = Buffer.allocUnsafe(size);
        readSync(descriptor, bytes, 0, size, position);
        return bytes;
      };
      this.close = () => closeSync(descriptor);
    }
  }

  static exists(directory: string): boolean {
    return existsSync(corpusFiles(directory).header);
  }

  /** Throws CorpusFormatError when the directory is not a whole corpus. */
  static open(directory: string): TokenCorpus {
    try {
      return new TokenCorpus(directory);
    } catch (cause) {
      if (cause instanceof CorpusFormatError) throw cause;
      throw new CorpusFormatError(`${directory} is not a readable corpus: ${(cause as Error).message}`, { cause });
    }
  }

  get nContexts(): number {
    return this.header.nContexts;
  }

  get nTokens(): number {
    return this.header.nTokens;
  }

  /** The tokens of context `index`, beginning-of-text token first. Throws RangeError. */
  context(index: number): CorpusContext {
    if (!(index >= 0 && index < this.nContexts))
      throw new RangeError(`context ${index} does not exist; the corpus has ${this.nContexts}`);
    const { bytesPerToken: width } = this.header;
    const length = this.offsets[index + 1] - this.offsets[index];
    const bytes = this.readTokens(this.offsets[index] * width, length * width);
    const tokenIds = new Int32Array(length);
    for (let i = 0; i < length; i++) tokenIds[i] = width === 2 ? bytes.readUInt16LE(i * 2) : bytes.readUInt32LE(i * 4);
    const documentIndex = this.documentOfContext[index];
    // Contexts of a document stand together, and all but its last are full.
    const room = this.header.contextSize - (this.header.bosTokenId === null ? 0 : 1);
    return { tokenIds, documentIndex, start: (index - this.firstContextOfDocument[documentIndex]) * room };
  }

  contextLength(index: number): number {
    return this.offsets[index + 1] - this.offsets[index];
  }

  document(index: number): CorpusDocument {
    return this.documents[index];
  }

  /** Contexts of one side, ascending. */
  contextIndices(split: CorpusSplit): Int32Array {
    const chosen: number[] = [];
    for (let i = 0; i < this.nContexts; i++)
      if (this.documents[this.documentOfContext[i]].split === split) chosen.push(i);
    return Int32Array.from(chosen);
  }

  dispose(): void {
    this.close();
  }
}

function readDocuments(file: string): CorpusDocument[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
