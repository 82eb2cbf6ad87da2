/** Bytes under keys: files of a directory, or objects of a bucket. A key is made of path segments of [a-z0-9.-]. */
export interface ObjectStorage {
  /** Where it is, in words for people. */
  readonly place: string;
  /** Null when there is nothing under the key. */
  read(key: string): Promise<Uint8Array | null>;
  /** After it has resolved, readers see all of the bytes; before, all of what was there. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** No error for a key that has nothing. */
  remove(key: string): Promise<void>;
  /** Keys that begin with the prefix, in no particular order. */
  list(prefix: string): AsyncIterable<{ key: string; sizeBytes: number }>;
  /** What writers left that died more than an hour ago. */
  removeUnfinished(): Promise<void>;
}

/** The storage cannot be reached, refuses, or is full. Whatever was asked of it may work later. */
export class StorageUnavailableError extends Error {
  override name = 'StorageUnavailableError';
}
