import { mkdir, statfs } from 'node:fs/promises';
import { HUB_URL, HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { createBoundedFetch } from './bounded-fetch.ts';
import { linkSnapshotFile, type RepoCache, repoCache, sizeOf, writeRef } from './cache-layout.ts';
import { downloadBlob } from './download-blob.ts';
import { errorOfStatus, HubError } from './errors.ts';
import { createGuardedGet, type GuardedGet, type GuardOptions } from './guarded-request.ts';

export interface HubOptions extends Partial<Pick<GuardOptions, 'isAllowedAddress' | 'idleTimeoutMs'>> {
  /** Null: the library's default. */
  endpoint: string | null;
  token: string | null;
  /** Hugging Face's own cache, `…/hub`. */
  cacheDirectory: string;
  /** Default 500. */
  retryDelayMs?: number;
}

export interface HubFile {
  name: string;
  sizeBytes: number;
  blobId: string;
}

/** The files in the top directory of a model, at one commit. */
export interface HubListing {
  repo: string;
  commit: string;
  licence: string | null;
  files: HubFile[];
}

export interface FetchOptions {
  signal?: AbortSignal;
  /** Told of bytes as they are there; bytes that are given up again count negative. */
  onBytes?: (nBytes: number) => void;
}

/** No file of a model is larger. */
const maxFileBytes = 2 ** 40;
/** What a download leaves free on the disk. */
const spareDiskBytes = 256 * 1024 ** 2;

/** Reads models from a hub into Hugging Face's cache. */
export class HubClient {
  private readonly endpoint: string;
  private readonly get: GuardedGet;
  private readonly options: HubOptions;

  constructor(options: HubOptions) {
    this.options = options;
    this.endpoint = (options.endpoint ?? HUB_URL).replace(/\/+$/, '');
    this.get = createGuardedGet({ ...options, endpoint: this.endpoint });
  }

  /** Lists a model's files at the commit that a branch, tag or commit names now. repo and revision must be well-formed:
   *  they become parts of addresses and paths. Throws HubError. */
  async list(repo: string, revision: string, signal?: AbortSignal): Promise<HubListing> {
    const common = { hubUrl: this.endpoint, fetch: createBoundedFetch(this.get, signal) };
    try {
      const info = await modelInfo({ ...common, name: repo, revision, additionalFields: ['sha', 'cardData'] });
      const commit: unknown = info.sha;
      if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit))
        throw new HubError('unusable', `The hub gives no commit for ${repo} at ${revision}. Name another revision.`);
      const files: HubFile[] = [];
      for await (const entry of listFiles({ ...common, repo: { type: 'model', name: repo }, revision: commit })) {
        const file = toFile(entry);
        if (file !== null) files.push(file);
      }
      const licence: unknown = info.cardData?.license;
      return { repo, commit, licence: typeof licence === 'string' ? licence.slice(0, 100) : null, files };
    } catch (error) {
      throw readableError(error, `model ${repo} at ${revision}`);
    }
  }

  /** Where the files of a commit are, or will be. */
  snapshot({ repo, commit }: Pick<HubListing, 'repo' | 'commit'>): { root: string; directory: string } {
    const cache = this.cache(repo);
    return { root: cache.root, directory: cache.snapshot(commit) };
  }

  /** Which of a model's files are in the cache, whole. */
  async cachedNames({ repo, files }: HubListing): Promise<Set<string>> {
    const cache = this.cache(repo);
    const sizes = await Promise.all(files.map((file) => sizeOf(cache.blob(file.blobId))));
    return new Set(files.filter((file, i) => sizes[i] === file.sizeBytes).map((file) => file.name));
  }

  /** Downloads files, one after the other, and links them into the commit's snapshot once each is whole. Throws HubError. */
  async fetch(listing: HubListing, files: HubFile[], { signal, onBytes }: FetchOptions = {}): Promise<void> {
    const cache = this.cache(listing.repo);
    await this.requireSpace(cache, files);
    for (const file of files) {
      await downloadBlob(this.get, {
        ...file,
        url: `${this.endpoint}/${listing.repo}/resolve/${listing.commit}/${encodeURIComponent(file.name)}`,
        target: cache.blob(file.blobId),
        retryDelayMs: this.options.retryDelayMs ?? 500,
        signal,
        onBytes,
      });
      await linkSnapshotFile(cache, listing.commit, file);
    }
  }

  /** Remembers in the cache which commit a branch or tag named. */
  async pin({ repo, commit }: Pick<HubListing, 'repo' | 'commit'>, revision: string): Promise<void> {
    await writeRef(this.cache(repo), revision, commit);
  }

  private cache(repo: string): RepoCache {
    return repoCache(this.options.cacheDirectory, repo);
  }

  private async requireSpace(cache: RepoCache, files: HubFile[]): Promise<void> {
    const missing = await Promise.all(
      files.map(async ({ blobId, sizeBytes }) => {
        const there = Math.max(await sizeOf(cache.blob(blobId)), await sizeOf(`${cache.blob(blobId)}.incomplete`));
        return Math.max(0, sizeBytes - there);
      }),
    );
    const neededBytes = missing.reduce((sum, bytes) => sum + bytes, 0);
    if (neededBytes === 0) return;
    await mkdir(cache.root, { recursive: true });
    const { bavail, bsize } = await statfs(cache.root);
    if (neededBytes + spareDiskBytes <= bavail * bsize) return;
    throw new HubError(
      'disk_full',
      `${neededBytes} bytes are to be downloaded, and the disk of ${this.options.cacheDirectory} has ${bavail * bsize} free (${spareDiskBytes} stay free). Free some space, or set HF_HOME to another disk.`,
    );
  }
}

/** Null for what is no file of the top directory. Throws HubError for one that cannot be true. */
function toFile(entry: unknown): HubFile | null {
  const { type, path: name, size, oid, lfs } = entry as Record<string, unknown>;
  if (type !== 'file' || typeof name !== 'string' || !/^\w[\w.-]*$/.test(name)) return null;
  const large = lfs as { oid?: unknown; size?: unknown } | undefined;
  const blobId = large?.oid ?? oid;
  const sizeBytes = large?.size ?? size;
  if (typeof blobId !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(blobId))
    throw new HubError('unusable', `The hub gives no hash for ${name}. Choose another model.`);
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > maxFileBytes)
    throw new HubError(
      'unusable',
      `The hub says that ${name} has ${sizeBytes} bytes, which cannot be. Choose another model.`,
    );
  return { name, sizeBytes, blobId };
}

function readableError(error: unknown, what: string): unknown {
  if (error instanceof HubApiError) return errorOfStatus(error.statusCode, what);
  if (error instanceof SyntaxError || error instanceof TypeError)
    return new HubError(
      'unavailable',
      `The hub's answer for ${what} is not what its API gives. Check HF_ENDPOINT.`,
      error,
    );
  return error;
}
