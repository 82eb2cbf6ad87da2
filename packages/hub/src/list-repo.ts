import { HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { createBoundedFetch } from './bounded-fetch.ts';
import { errorOfStatus, HubError } from './errors.ts';
import type { GuardedGet } from './guarded-request.ts';
import { type HubFile, toFile } from './repo-file.ts';

/** Files of a repository at one commit. */
export interface HubListing {
  repo: string;
  commit: string;
  licence: string | null;
  files: HubFile[];
}

export interface ListOptions {
  signal?: AbortSignal;
  /** Only what lies in this folder; '' is the top. */
  folder?: string;
  /** The folders in there, too. */
  recursive?: boolean;
}

/** Files and folders of one list. */
const maxEntries = 20_000;

/** Lists a repository's files at the commit that a branch, tag or commit names now. repo, revision and folder must be well-formed:
 *  they become parts of addresses. Throws HubError. */
export async function listRepo(
  { endpoint, get }: { endpoint: string; get: GuardedGet },
  { repo, revision, signal, folder = '', recursive = false }: ListOptions & { repo: string; revision: string },
): Promise<HubListing> {
  const common = { hubUrl: endpoint, fetch: createBoundedFetch(get, signal) };
  const below = folder === '' ? '' : `${folder} of `;
  try {
    const info = await modelInfo({ ...common, name: repo, revision, additionalFields: ['sha', 'cardData'] });
    const commit: unknown = info.sha;
    if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit))
      throw new HubError('unusable', `The hub gives no commit for ${repo} at ${revision}. Name another revision.`);
    const files: HubFile[] = [];
    const designation = { type: 'model', name: repo } as const;
    const path = folder === '' ? undefined : folder.split('/').map(encodeURIComponent).join('/');
    let nEntries = 0;
    for await (const entry of listFiles({ ...common, repo: designation, revision: commit, path, recursive })) {
      if (++nEntries > maxEntries)
        throw new HubError(
          'unusable',
          `${below}${repo} has more than ${maxEntries} files and folders. Name a folder further in.`,
        );
      const file = toFile(entry);
      if (file !== null && isWithin(file.name, folder, recursive)) files.push(file);
    }
    const licence: unknown = info.cardData?.license;
    return { repo, commit, licence: typeof licence === 'string' ? licence.slice(0, 100) : null, files };
  } catch (error) {
    throw readableError(error, `${below}model ${repo} at ${revision}`);
  }
}

function isWithin(name: string, folder: string, recursive: boolean): boolean {
  const begin = folder === '' ? '' : `${folder}/`;
  return name.startsWith(begin) && (recursive || !name.slice(begin.length).includes('/'));
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
