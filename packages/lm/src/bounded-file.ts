import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { duplicateKey } from './duplicate-key.ts';
import { ModelFormatError } from './errors.ts';
import { checkJsonLimits } from './json-limits.ts';

/** Reads a whole file that must exist and be at most maxBytes long.
 *  Throws ModelFormatError, naming the file, when it is missing, no regular file or too large. */
export async function readBoundedFile(path: string, maxBytes: number): Promise<Buffer> {
  const file = basename(path);
  const sizeBytes = await regularFileSize(path);
  if (sizeBytes > maxBytes) {
    throw new ModelFormatError(`${file} has ${sizeBytes} bytes; the limit is ${maxBytes}`, { file, sizeBytes });
  }
  return readFile(path);
}

/** Bytes of a file. Throws ModelFormatError when it is missing or anything but a regular file: opening a pipe would block. */
export async function regularFileSize(path: string): Promise<number> {
  const file = basename(path);
  const info = await stat(path).catch((cause: unknown) => {
    throw new ModelFormatError(`${file} is missing or cannot be read`, { file }, cause);
  });
  if (!info.isFile()) throw new ModelFormatError(`${file} is not a regular file`, { file });
  return info.size;
}

/** Parses bytes as a JSON object whose keys are unique. Throws ModelFormatError when they are anything else, nest too
 *  deeply or hold too many values. */
export function parseJsonObject(bytes: Uint8Array, file: string): Record<string, unknown> {
  const nKeys = checkJsonLimits(bytes, file);
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelFormatError(`${file} is not valid JSON: ${(cause as Error).message}`, { file }, cause);
  }
  if (!isJsonObject(value)) throw new ModelFormatError(`${file} must hold a JSON object`, { file });
  if (Object.keys(value).length !== nKeys) {
    const key = duplicateKey(text);
    throw new ModelFormatError(`${file}: "${key}" is there twice`, { file, key });
  }
  return value;
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
