import { copyFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HubGgufList } from '@featurescope/contracts';
import type { HubClient, HubFile, HubListing } from '@featurescope/hub';
import { readGgufLicence, readModelConfig, readWeightTypes } from '@featurescope/lm/config';
import { AppError } from '../../app-error.ts';
import { invalid, shardIndex, singleFile } from './model-files.ts';
import { isGguf } from './model-roots.ts';
import type { OpenedSource } from './model-sources.ts';

/** Holds the header of any GGUF file that is loaded: its vocabulary is the most of it. A download goes on behind it. */
const headBytes = 32 * 1024 ** 2;
const maxListed = 200;
/** What packages/lm unpacks, by the beginnings of the names that files have for it. */
const readQuantisations = /^(?:F32|F16|FP16|BF16|Q8_0|Q4_0|Q4_1|Q5_0|Q5_1|Q4_K|Q5_K|Q6_K)/;

/** Which GGUF files a repository has; nothing is downloaded. */
export async function listHubGguf(repo: string, revision: string, hub: HubClient): Promise<HubGgufList> {
  const listing = await hub.list(repo, revision, { recursive: true });
  const files = listing.files.filter(({ name }) => isGguf(name)).sort((a, b) => a.sizeBytes - b.sizeBytes);
  const cached = await hub.cachedNames({ repo, files });
  const names = listing.files.map(({ name }) => name);
  return {
    repo,
    commit: listing.commit,
    hasSafetensors: names.includes(singleFile) || names.includes(shardIndex),
    files: files.slice(0, maxListed).map(({ name, sizeBytes }) => ({
      path: name,
      sizeBytes,
      quantisation: quantisationOf(name),
      isLocal: cached.has(name),
      problem: partOfModel(name) ?? unreadQuantisation(name),
    })),
  };
}

/** "Q4_K_M" of "model-Q4_K_M.gguf"; null for a name that does not say. */
function quantisationOf(name: string): string | null {
  const file = path.posix.basename(name);
  return /(?:^|[-._])((?:I?Q\d|TQ\d|B?F16|FP16|F32)[A-Z0-9_]*)(?=[-.])/i.exec(file)?.[1]?.toUpperCase() ?? null;
}

/** Why a file is no model by itself. */
function partOfModel(name: string): string | null {
  const parts = Number(/-\d{5}-of-(\d{5})\.gguf$/i.exec(name)?.[1] ?? 1);
  if (parts > 1)
    return `It is one of ${parts} parts, and a model is read from one file. Choose another, or join the parts with llama-gguf-split.`;
  if (/(?:^|[/._-])mmproj/i.test(name)) return 'It reads images, without a language model. Choose another file.';
  return null;
}

/** A hint alone: names may lie, and the header decides. */
function unreadQuantisation(name: string): string | null {
  const quantisation = quantisationOf(name);
  if (quantisation === null || readQuantisations.test(quantisation)) return null;
  return `${quantisation} is not read. Choose one of F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K and Q6_K.`;
}

/** One file of a repository. Throws AppError when it is not there. */
export async function findHubGguf(
  { repo, revision, path: name }: { repo: string; revision: string; path: string },
  { hub, signal }: { hub: HubClient; signal?: AbortSignal },
): Promise<{ listing: HubListing; file: HubFile }> {
  const folder = name.split('/').slice(0, -1).join('/');
  const listing = await hub.list(repo, revision, { folder, signal });
  const file = listing.files.find((one) => one.name === name);
  if (!file)
    throw new AppError('unprocessable', `${repo} on the hub has no ${name}. Choose one of its .gguf files.`, {
      field: 'source.path',
    });
  const problem = partOfModel(name);
  if (problem !== null) throw invalid(`${name}: ${problem}`);
  return { listing, file };
}

/** What a GGUF file on the hub holds, by its header, which alone is downloaded. Throws ModelFormatError for one that is not read. */
export async function openHubGguf(
  source: { repo: string; revision: string; path: string },
  hub: HubClient,
): Promise<OpenedSource> {
  const { listing, file } = await findHubGguf(source, { hub });
  const { repo, commit, licence } = listing;
  const head = await hub.fetchHead(listing, file, headBytes);
  await hub.pin(listing, source.revision);
  const cached = await hub.cachedNames({ repo, files: [file] });
  const { config, dtype, stated } = await readHead(head, file);
  return {
    source: { kind: 'hub', repo, revision: commit, path: file.name },
    location: { kind: 'gguf', path: path.join(hub.snapshot(listing).directory, file.name) },
    name: path.posix.basename(file.name).replace(/\.gguf$/i, ''),
    config,
    licence: licence ?? stated,
    dtype,
    files: [{ name: file.name, sizeBytes: file.sizeBytes, isLocal: cached.has(file.name) }],
  };
}

/** Readers compare a header with the file's size: they are given the beginning, made as long as the whole by a hole. */
async function readHead(head: string, { name, sizeBytes }: HubFile) {
  const directory = await mkdtemp(path.join(tmpdir(), 'featurescope-gguf-'));
  try {
    const file = path.join(directory, path.posix.basename(name));
    await copyFile(head, file);
    await truncate(file, Math.min(headBytes, sizeBytes));
    await truncate(file, sizeBytes);
    return {
      config: await readModelConfig(file),
      dtype: (await readWeightTypes(file)).join(', '),
      stated: await readGgufLicence(file),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}
