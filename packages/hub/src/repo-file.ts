import { HubError } from './errors.ts';

export interface HubFile {
  /** Path in the repository. */
  name: string;
  sizeBytes: number;
  blobId: string;
}

/** No file of a repository is larger. */
const maxFileBytes = 2 ** 40;
const maxNameCharacters = 500;

/** Whether a path of a repository may become one on this disk: plain names between slashes, none that leads up, none hidden. */
export function isPlainPath(name: string): boolean {
  return name.length <= maxNameCharacters && /^\w[\w.+=@-]*(?:\/\w[\w.+=@-]*)*$/.test(name);
}

/** Null for what is no file with a plain path. Throws HubError for one that cannot be true. */
export function toFile(entry: unknown): HubFile | null {
  const { type, path: name, size, oid, lfs } = entry as Record<string, unknown>;
  if (type !== 'file' || typeof name !== 'string' || !isPlainPath(name)) return null;
  const large = lfs as { oid?: unknown; size?: unknown } | undefined;
  const blobId = large?.oid ?? oid;
  const sizeBytes = large?.size ?? size;
  if (typeof blobId !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(blobId))
    throw new HubError('unusable', `The hub gives no hash for ${name}. Choose another repository.`);
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > maxFileBytes)
    throw new HubError(
      'unusable',
      `The hub says that ${name} has ${sizeBytes} bytes, which cannot be. Choose another repository.`,
    );
  return { name, sizeBytes, blobId };
}
