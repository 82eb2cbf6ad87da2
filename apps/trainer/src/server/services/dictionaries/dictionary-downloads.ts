import { randomUUID } from 'node:crypto';
import type {
  DictionaryDownload,
  HubDictionariesRequest,
  HubDictionaryList,
  HubDictionarySource,
} from '@featurescope/contracts';
import type { HubClient, HubFile } from '@featurescope/hub';
import { AppError, notFound } from '../../../app-error.ts';
import type { Log } from '../../../log.ts';
import { hubRefusal } from '../hub-errors.ts';
import { dictionariesAmong, totalBytes } from './hub-dictionaries.ts';

/** Dictionaries of one list, and of those that are refused. */
const maxListed = 500;
const maxRunning = 4;
/** Downloads that are remembered after they ended. */
const maxEnded = 100;

/** A dictionary of the hub whose files are in the cache. */
export interface FetchedDictionary {
  source: HubDictionarySource;
  directory: string;
  /** The snapshot's files are links into here. */
  linksInto: string;
  place: { repo: string; path: string; commit: string };
}

interface Download {
  id: string;
  place: FetchedDictionary['place'];
  files: HubFile[];
  status: DictionaryDownload['status'];
  doneBytes: number;
  error: string | null;
  abort: AbortController;
  /** Settles with the download, and rejects with its reason. */
  done: Promise<void>;
}

/** Dictionaries on the hub: listed, and fetched into the cache that other programs share. A download goes on when whoever began it
 *  leaves; one that ends early goes on where it was when it is begun again. */
export class DictionaryDownloads {
  private readonly hub: HubClient;
  private readonly log: Log;
  private readonly downloads = new Map<string, Download>();

  constructor(hub: HubClient, log: Log) {
    this.hub = hub;
    this.log = log;
  }

  /** What a repository has, and how large it is. Nothing of it is downloaded. */
  async list({ repo, revision = 'main', path = '' }: HubDictionariesRequest): Promise<HubDictionaryList> {
    const listing = await told(this.hub.list(repo, revision, { folder: path, recursive: true }));
    const { dictionaries, refused } = dictionariesAmong(listing.files);
    const cached = await this.hub.cachedNames(listing);
    const shown = dictionaries.slice(0, maxListed);
    const shownRefused = refused.slice(0, maxListed);
    return {
      repo,
      commit: listing.commit,
      licence: listing.licence,
      dictionaries: shown.map(({ path: folder, format, files }) => ({
        path: folder,
        format,
        sizeBytes: totalBytes(files),
        downloadBytes: totalBytes(files.filter(({ name }) => !cached.has(name))),
      })),
      refused: shownRefused,
      nMore: dictionaries.length - shown.length + refused.length - shownRefused.length,
    };
  }

  /** Begins to fetch a dictionary, or joins the download of it that is under way. Throws AppError for what cannot be read. */
  async start(source: Omit<HubDictionarySource, 'kind'>): Promise<DictionaryDownload> {
    return toDownload(await this.begin(source));
  }

  /** Throws not_found. */
  get(id: string): DictionaryDownload {
    const download = this.downloads.get(id);
    if (!download) throw notFound('download', id);
    return toDownload(download);
  }

  /** Ends a download. What has arrived stays for the next. */
  async stop(id: string): Promise<void> {
    const download = this.downloads.get(id);
    if (!download) throw notFound('download', id);
    download.abort.abort();
    await download.done.catch(() => {});
  }

  /** Where a dictionary's files are, once all of them are there. Throws AppError. */
  async fetch(source: HubDictionarySource): Promise<FetchedDictionary> {
    const { place, done } = (await this.fetched(source)) ?? (await this.begin(source));
    await done;
    const { root, directory } = this.hub.snapshot(place);
    return {
      source: { kind: 'hub', repo: place.repo, path: source.path, revision: place.commit },
      directory: place.path === '' ? directory : `${directory}/${place.path}`,
      linksInto: root,
      place,
    };
  }

  async close(): Promise<void> {
    for (const { abort } of this.downloads.values()) abort.abort();
    await Promise.allSettled([...this.downloads.values()].map(({ done }) => done));
  }

  /** The same commit was fetched before, and is still there: the hub need not be asked again. */
  private async fetched({ repo, revision, path = '' }: HubDictionarySource): Promise<Download | null> {
    for (const download of this.downloads.values()) {
      const { place, files, status } = download;
      if (status !== 'succeeded' || place.repo !== repo || place.commit !== revision || place.path !== path) continue;
      const cached = await this.hub.cachedNames({ repo, files });
      if (files.every(({ name }) => cached.has(name))) return download;
    }
    return null;
  }

  private async begin(source: Omit<HubDictionarySource, 'kind'>): Promise<Download> {
    const { repo, revision = 'main', path = '' } = source;
    const { commit, files } = await told(this.choose(repo, revision, path));
    const place = { repo, path, commit };
    const running = [...this.downloads.values()].filter(({ status }) => status === 'running');
    const same = running.find((one) => JSON.stringify(one.place) === JSON.stringify(place));
    if (same) return same;
    if (running.length >= maxRunning)
      throw new AppError(
        'too_many_requests',
        `${running.length} dictionaries are being downloaded. Wait until one is there, or stop one.`,
      );
    const abort = new AbortController();
    const download: Download = {
      ...{ id: randomUUID(), place, files, status: 'running', doneBytes: 0, error: null, abort },
      done: Promise.resolve(),
    };
    download.done = this.work(download, revision);
    // Whoever waits for it is told; nobody has to.
    download.done.catch(() => {});
    this.downloads.set(download.id, download);
    this.forgetOld();
    return download;
  }

  private async choose(repo: string, revision: string, path: string): Promise<{ commit: string; files: HubFile[] }> {
    const listing = await this.hub.list(repo, revision, { folder: path });
    const { dictionaries, refused } = dictionariesAmong(listing.files);
    const [chosen] = dictionaries;
    if (chosen) return { commit: listing.commit, files: chosen.files };
    const where = path === '' ? repo : `${repo}/${path}`;
    // What lies right there and is refused, else what lies further in.
    const [reason] = refused.map((one) => one.reason);
    if (reason !== undefined) throw invalid(reason);
    const below = await this.list({ repo, revision: listing.commit, path: path === '' ? undefined : path });
    const [first] = below.dictionaries;
    if (first)
      throw invalid(
        `${where} on the hub is no dictionary itself; in it are ${below.dictionaries.length + below.nMore}, such as ${JSON.stringify(first.path)}. Name one of them as source.path.`,
      );
    throw invalid(
      below.refused[0]?.reason ??
        `${where} on the hub has no dictionary in a format that is read: SAELens, Gemma Scope, sparsify, dictionary_learning. Choose another.`,
    );
  }

  private async work(download: Download, revision: string): Promise<void> {
    const { place, files, abort } = download;
    try {
      await this.hub.fetch(place, files, {
        signal: abort.signal,
        onBytes(nBytes) {
          download.doneBytes += nBytes;
        },
      });
      await this.hub.pin(place, revision);
      download.status = 'succeeded';
    } catch (error) {
      const stopped = abort.signal.aborted;
      download.status = stopped ? 'stopped' : 'failed';
      if (stopped) throw new AppError('conflict', 'The download was stopped. Start it again: it goes on where it was.');
      const refusal = refusalOf(error);
      const isTold = refusal instanceof AppError;
      if (!isTold) this.log.error({ err: error, ...place }, 'dictionary could not be downloaded');
      download.error = isTold ? refusal.message : 'Something failed on the server; its log says what. Try again.';
      throw refusal;
    }
  }

  private forgetOld(): void {
    const ended = [...this.downloads.values()].filter(({ status }) => status !== 'running');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - maxEnded))) this.downloads.delete(id);
  }
}

function toDownload({ id, place, files, status, doneBytes, error }: Download): DictionaryDownload {
  const { repo, path, commit } = place;
  return {
    ...{ id, status, doneBytes, error, totalBytes: totalBytes(files) },
    source: { kind: 'hub', repo, revision: commit, ...(path === '' ? {} : { path }) },
  };
}

const invalid = (message: string) => new AppError('dictionary_invalid', message, { field: 'source' });

const refusalOf = (error: unknown) => hubRefusal(error, { unusable: 'dictionary_invalid', field: 'source.repo' });

async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw refusalOf(error);
  }
}
