import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomic } from '../atomic.ts';
import { type ObjectStorage, StorageUnavailableError } from './object-storage.ts';

const unfinishedMs = 3_600_000;
/** As `writeAtomic` names what it has not finished. */
const isTemporary = (file: string) => path.basename(file).startsWith('.');

/** A directory of this machine. */
export class LocalStorage implements ObjectStorage {
  readonly place: string;
  readonly #root: string;

  constructor(root: string) {
    this.#root = path.resolve(root);
    this.place = this.#root;
  }

  read(key: string): Promise<Uint8Array | null> {
    return this.#attempt(async () => {
      try {
        return await readFile(this.#file(key));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#attempt(() => writeAtomic(this.#file(key), bytes));
  }

  async remove(key: string): Promise<void> {
    await this.#attempt(() => rm(this.#file(key), { force: true }));
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; sizeBytes: number }> {
    for (const file of await this.#files()) {
      const key = path.relative(this.#root, file).split(path.sep).join('/');
      if (!key.startsWith(prefix) || isTemporary(file)) continue;
      const stats = await stat(file).catch(() => null);
      if (stats) yield { key, sizeBytes: stats.size };
    }
  }

  async removeUnfinished(): Promise<void> {
    for (const file of (await this.#files()).filter(isTemporary)) {
      const stats = await stat(file).catch(() => null);
      if (stats && Date.now() - stats.mtimeMs > unfinishedMs) await rm(file, { force: true });
    }
  }

  async #files(): Promise<string[]> {
    const entries = await readdir(this.#root, { recursive: true, withFileTypes: true }).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  }

  #file(key: string): string {
    if (!key.split('/').every((segment) => /^[a-z0-9][a-z0-9.-]*$/.test(segment)))
      throw new RangeError(`"${key}" is not a key`);
    return path.join(this.#root, key);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof RangeError) throw cause;
      throw new StorageUnavailableError((cause as Error).message, { cause });
    }
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
