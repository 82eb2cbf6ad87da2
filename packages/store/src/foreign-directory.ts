import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A file of somebody else's directory, read when it is needed. */
export interface ForeignFile {
  name: string;
  sizeBytes: number;
  /** Throws when the file is no longer the one that was listed. */
  read(): Promise<Uint8Array>;
}

/** Somebody else's directory is not one to read; the message says why. */
export class ForeignDirectoryError extends Error {
  override name = 'ForeignDirectoryError';
}

/** More names than that are nobody's dictionary. */
const maxFiles = 1000;
const readBytes = 64 * 1024 ** 2;

/** The plain files right in a directory, by name. Folders, symbolic links and devices are left out, so that nothing outside the
 *  directory is read; whether the directory itself may be read is the caller's to check. linksInto: links to plain files in this
 *  directory, or below it, are files too. Throws when there is no such directory. */
export async function listForeignFiles(
  directory: string,
  { linksInto }: { linksInto?: string } = {},
): Promise<ForeignFile[]> {
  const linkedRoot = linksInto === undefined ? null : await realpath(linksInto);
  const names = (await readdir(directory)).sort();
  if (names.length > maxFiles)
    throw new ForeignDirectoryError(
      `${directory} has ${names.length} entries, more than ${maxFiles}: name the dictionary's own folder`,
    );
  const files: ForeignFile[] = [];
  for (const name of names) {
    const file = await followed(path.join(directory, name), linkedRoot);
    const stats = await lstat(file);
    if (stats.isFile()) files.push({ name, sizeBytes: stats.size, read: () => readListed(file, stats.size) });
  }
  return files;
}

/** What a link into the root leads to; any other path as it is. */
async function followed(file: string, root: string | null): Promise<string> {
  if (root === null) return file;
  const real = await realpath(file).catch(() => file);
  return real.startsWith(root + path.sep) ? real : file;
}

/** Exactly the bytes that were listed: a file that grows meanwhile, or becomes a link, takes no memory that was not announced. */
async function readListed(file: string, sizeBytes: number): Promise<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size !== sizeBytes)
      throw new ForeignDirectoryError(
        `${file} has changed since it was listed: it had ${sizeBytes} bytes and has ${stats.size}`,
      );
    // Not readFile, which stops at 2 GiB.
    const bytes = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(readBytes, sizeBytes - at), at);
      if (bytesRead === 0)
        throw new ForeignDirectoryError(`${file} ended after ${at} of ${sizeBytes} bytes while it was read`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
