import { mkdir, statfs } from 'node:fs/promises';
import { HUB_URL } from '@huggingface/hub';
import { linkSnapshotFile, type RepoCache, repoCache, sizeOf, writeRef } from './cache-layout.ts';
import { type BlobRequest, downloadBlob, downloadHead } from './download-blob.ts';
import { HubError } from './errors.ts';
import { createGuardedGet, type GuardedGet, type GuardOptions } from './guarded-request.ts';
import { type HubListing, type ListOptions, listRepo } from './list-repo.ts';
import { type ProxyEnvironment, readProxies } from './proxies.ts';
import type { HubFile } from './repo-file.ts';

export interface HubOptions extends Partial<Pick<GuardOptions, 'isAllowedAddress' | 'idleTimeoutMs'>> {
  /** Null: the library's default. */
  endpoint: string | null;
  token: string | null;
  /** Hugging Face's own cache, `…/hub`. */
  cacheDirectory: string;
  /** Default: none. */
  proxy?: ProxyEnvironment;
  /** Default 500. */
  retryDelayMs?: number;
}

export interface FetchOptions {
  signal?: AbortSignal;
  /** Told of bytes as they are there; bytes that are given up again count negative. */
  onBytes?: (nBytes: number) => void;
}

type Pinned = Pick<HubListing, 'repo' | 'commit'>;

/** What a download leaves free on the disk. */
const spareDiskBytes = 256 * 1024 ** 2;

/** Reads repositories of a hub into Hugging Face's cache. */
export class HubClient {
  private readonly endpoint: string;
  private readonly get: GuardedGet;
  private readonly options: HubOptions;
  /** Downloads under way, by the file that they write: a second one of the same file waits, and finds it there. */
  private readonly writing = new Map<string, Promise<void>>();

  constructor(options: HubOptions) {
    this.options = options;
    this.endpoint = (options.endpoint ?? HUB_URL).replace(/\/+$/, '');
    const proxies = options.proxy && readProxies(options.proxy);
    this.get = createGuardedGet({ ...options, endpoint: this.endpoint, proxies });
  }

  /** Lists a repository's files, those of its top folder by default, at the commit that a branch, tag or commit names now. repo,
   *  revision and folder must be well-formed: they become parts of addresses and paths. Throws HubError. */
  list(repo: string, revision: string, options: ListOptions = {}): Promise<HubListing> {
    return listRepo({ endpoint: this.endpoint, get: this.get }, { repo, revision, ...options });
  }

  /** Where the files of a commit are, or will be. */
  snapshot({ repo, commit }: Pinned): { root: string; directory: string } {
    const cache = this.cache(repo);
    return { root: cache.root, directory: cache.snapshot(commit) };
  }

  /** Which of a repository's files are in the cache, whole. */
  async cachedNames({ repo, files }: Pick<HubListing, 'repo' | 'files'>): Promise<Set<string>> {
    const cache = this.cache(repo);
    const sizes = await Promise.all(files.map((file) => sizeOf(cache.blob(file.blobId))));
    return new Set(files.filter((file, i) => sizes[i] === file.sizeBytes).map((file) => file.name));
  }

  /** Downloads files, one after the other, and links them into the commit's snapshot once each is whole. Throws HubError. */
  async fetch(pinned: Pinned, files: HubFile[], { signal, onBytes }: FetchOptions = {}): Promise<void> {
    const cache = this.cache(pinned.repo);
    await this.requireSpace(cache, files);
    for (const file of files) {
      const request = this.blobRequest(pinned, file, { signal, onBytes });
      await this.inTurn(request.target, () => downloadBlob(this.get, request), signal);
      await linkSnapshotFile(cache, pinned.commit, file);
    }
  }

  /** Downloads a file's first bytes, which a later download goes on behind. Returns the file that begins with them: it may have
   *  more, and its content was not compared with its hash. Throws HubError. */
  async fetchHead(pinned: Pinned, file: HubFile, nBytes: number): Promise<string> {
    const wanted = Math.min(nBytes, file.sizeBytes);
    await this.requireSpace(this.cache(pinned.repo), [{ ...file, sizeBytes: wanted }]);
    const request = this.blobRequest(pinned, file, {});
    let place = '';
    await this.inTurn(request.target, async () => {
      place = await downloadHead(this.get, request, wanted);
    });
    return place;
  }

  /** Remembers in the cache which commit a branch or tag named. */
  async pin({ repo, commit }: Pinned, revision: string): Promise<void> {
    await writeRef(this.cache(repo), revision, commit);
  }

  private cache(repo: string): RepoCache {
    return repoCache(this.options.cacheDirectory, repo);
  }

  private blobRequest({ repo, commit }: Pinned, file: HubFile, options: FetchOptions): BlobRequest {
    const address = file.name.split('/').map(encodeURIComponent).join('/');
    return {
      ...file,
      ...options,
      url: `${this.endpoint}/${repo}/resolve/${commit}/${address}`,
      target: this.cache(repo).blob(file.blobId),
      retryDelayMs: this.options.retryDelayMs ?? 500,
    };
  }

  private async inTurn(target: string, work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    for (let other = this.writing.get(target); other; other = this.writing.get(target)) {
      await other.catch(() => {});
      signal?.throwIfAborted();
    }
    const mine = work().finally(() => this.writing.delete(target));
    this.writing.set(target, mine);
    await mine;
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
