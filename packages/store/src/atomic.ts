import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Makes a directory's entries (a rename, a removal) survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file that is either the old one or the whole new one, whenever the process dies: a temporary file beside it,
 * fsync, rename, fsync of the directory. Creates the directory. Returns the bytes written.
 */
export async function writeAtomic(
  file: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
): Promise<number> {
  const directory = path.dirname(file);
  await mkdir(directory, { recursive: true });
  const temporary = path.join(directory, `.${path.basename(file)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, 'wx');
  try {
    const sizeBytes = await writeAll(handle, content);
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
    await syncDirectory(directory);
    return sizeBytes;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(handle: FileHandle, content: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<number> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await handle.writeFile(bytes);
    return bytes.byteLength;
  }
  let sizeBytes = 0;
  for await (const chunk of content) {
    await handle.appendFile(chunk);
    sizeBytes += chunk.byteLength;
  }
  return sizeBytes;
}

/** Lines of a UTF-8 file without their ends, holding one line at a time. Throws when a line exceeds maxLineBytes. */
export async function* readLines(file: string, maxLineBytes: number): AsyncGenerator<string> {
  let pending: Buffer = Buffer.alloc(0);
  let lineNumber = 1;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = chunk.subarray(start, end);
      yield (pending.length > 0 ? Buffer.concat([pending, line]) : line).toString('utf8');
      pending = Buffer.alloc(0);
      start = end + 1;
      lineNumber++;
    }
    if (start < chunk.length) pending = Buffer.concat([pending, chunk.subarray(start)]);
    if (pending.length > maxLineBytes)
      throw new Error(`${file}: line ${lineNumber} is longer than ${maxLineBytes} bytes`);
  }
  if (pending.length > 0) yield pending.toString('utf8');
}
