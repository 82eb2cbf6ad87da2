import { type FileHandle, open } from 'node:fs/promises';

const flushBytes = 1 << 20;

/** Appends to a file through a buffer of about 1 MB. */
export class BufferedFile {
  private chunks: Buffer[] = [];
  private pendingBytes = 0;
  private readonly handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.handle = handle;
  }

  static async create(file: string): Promise<BufferedFile> {
    return new BufferedFile(await open(file, 'wx'));
  }

  async append(bytes: Buffer): Promise<void> {
    this.chunks.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= flushBytes) await this.flush();
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.chunks);
    this.chunks = [];
    this.pendingBytes = 0;
    if (bytes.length > 0) await this.handle.appendFile(bytes);
  }

  /** Overwrites bytes that are already in the file. */
  async patch(bytes: Buffer, position: number): Promise<void> {
    await this.handle.write(bytes, 0, bytes.length, position);
  }

  async close(): Promise<void> {
    await this.flush();
    await this.handle.sync();
    await this.handle.close();
  }
}
