import type { FileHandle } from 'node:fs/promises';
import { ModelFormatError } from './errors.ts';

/** Fills target from a place in a file. Throws ModelFormatError when the file ends before that. */
export async function readFully(
  handle: FileHandle,
  target: Uint8Array,
  at: { position: number; file: string },
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, at.position + done);
    if (bytesRead === 0)
      throw new ModelFormatError(`${at.file} ended early while it was being read`, { file: at.file });
    done += bytesRead;
  }
}
