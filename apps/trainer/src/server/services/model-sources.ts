import { readFile, stat, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import path from 'node:path';
import type { ModelInspection, ModelSource } from '@featurescope/contracts';
import type { HubClient, HubFile, HubListing } from '@featurescope/hub';
import { type ModelConfig, readModelConfig, readWeightTypes } from '@featurescope/lm/config';
import { AppError } from '../../app-error.ts';
import { openHubGguf } from './hub-gguf.ts';
import { invalidModel } from './model-errors.ts';
import {
  describing,
  invalid,
  listModelFiles,
  maxDescriptionBytes,
  maxIndexBytes,
  needed,
  noWeights,
  readDeclaredDtype,
  readLicence,
  shardIndex,
  shardNames,
  singleFile,
} from './model-files.ts';
import { isGguf, type ModelLocation, resolveUnderRoots } from './model-roots.ts';
import { modelShape } from './model-view.ts';

/** A source whose files were looked at, and of which nothing was loaded. */
export interface OpenedSource {
  /** With the real path, or with the commit. */
  source: ModelSource;
  location: ModelLocation;
  name: string;
  config: ModelConfig;
  licence: string | null;
  dtype: string | null;
  files: { name: string; sizeBytes: number; isLocal: boolean }[];
}

interface SourcePlaces {
  roots: string[];
  hub: HubClient;
}

/** Looks at where a model is to come from. Throws AppError for a source that cannot be added, saying why. */
export async function openSource(source: ModelSource, { roots, hub }: SourcePlaces): Promise<OpenedSource> {
  try {
    return source.kind === 'hub' ? await openHub(source, hub) : await openLocal(source, roots);
  } catch (error) {
    throw invalidModel(error);
  }
}

/** Of a hub's files only those that describe the model are downloaded for that. */
async function openHub(source: Extract<ModelSource, { kind: 'hub' }>, hub: HubClient): Promise<OpenedSource> {
  const { repo, revision = 'main', path: ggufPath } = source;
  if (ggufPath !== undefined) return openHubGguf({ repo, revision, path: ggufPath }, hub);
  const listing = await hub.list(repo, revision);
  const { commit, licence } = listing;
  const files = await neededFiles(listing, hub);
  const configFile = files.filter(({ name }) => name === 'config.json');
  refuseLonger(configFile, maxDescriptionBytes);
  await hub.fetch(listing, configFile);
  await hub.pin(listing, revision);
  const cached = await hub.cachedNames(listing);
  const location = { kind: 'directory' as const, path: hub.snapshot(listing).directory };
  return {
    source: { kind: 'hub', repo, revision: commit },
    location,
    name: repo.split('/').at(-1) ?? repo,
    config: await readModelConfig(location.path),
    licence,
    dtype: await readDeclaredDtype(location.path),
    files: files.map(({ name, sizeBytes }) => ({ name, sizeBytes, isLocal: cached.has(name) })),
  };
}

/** The files that a model of the hub is loaded from; nothing else is downloaded. Throws AppError when one is missing. */
export async function neededFiles(listing: HubListing, hub: HubClient): Promise<HubFile[]> {
  const { files, repo } = listing;
  const names = files.map(({ name }) => name);
  const find = (name: string) => files.filter((file) => file.name === name);
  const [index] = find(shardIndex);
  const weights = names.includes(singleFile) ? [singleFile] : index ? [shardIndex, ...(await readShards(index))] : null;
  if (weights === null) throw invalid(noWeights(`${repo} on the hub`, names));
  const missing = [...needed, ...weights].find((name) => !names.includes(name));
  if (missing !== undefined) throw invalid(`${repo} on the hub has no ${missing}. Choose a model that does.`);
  return [...describing, ...weights].flatMap(find);

  async function readShards(file: HubFile): Promise<string[]> {
    refuseLonger([file], maxIndexBytes);
    await hub.fetch(listing, [file]);
    return shardNames(await readFile(path.join(hub.snapshot(listing).directory, file.name), 'utf8'));
  }
}

/** What is fetched before a person has agreed to a download stays small. */
function refuseLonger(files: HubFile[], maxBytes: number): void {
  const long = files.find(({ sizeBytes }) => sizeBytes > maxBytes);
  if (long)
    throw invalid(`${long.name} has ${long.sizeBytes} bytes; at most ${maxBytes} are read. Choose another model.`);
}

async function openLocal(source: Exclude<ModelSource, { kind: 'hub' }>, roots: string[]): Promise<OpenedSource> {
  const real = await resolveUnderRoots(source.path, roots);
  await requireKind(source, real);
  const location = { kind: source.kind, path: real };
  const files = await listModelFiles(location, roots);
  return {
    source: location,
    location,
    name: path.basename(real).replace(/\.gguf$/i, ''),
    config: await readModelConfig(real),
    licence: await readLicence(location, files),
    dtype: await readLocalDtype(location),
    files: files.map(({ name, sizeBytes }) => ({ name, sizeBytes, isLocal: true })),
  };
}

async function readLocalDtype({ kind, path: where }: ModelLocation): Promise<string> {
  if (kind === 'directory') await readDeclaredDtype(where);
  return (await readWeightTypes(where)).join(', ');
}

async function requireKind({ kind, path: given }: { kind: 'directory' | 'gguf'; path: string }, real: string) {
  const isDirectory = (await stat(real)).isDirectory();
  const fits = kind === 'directory' ? isDirectory : !isDirectory && isGguf(real);
  if (fits) return;
  const message =
    kind === 'directory'
      ? `source.path is ${JSON.stringify(given)}, which is a file. Name its directory; a .gguf file is of kind "gguf".`
      : `source.path is ${JSON.stringify(given)}, which is not a .gguf file. Name the file, or a directory with kind "directory".`;
  throw new AppError('unprocessable', message, { field: 'source.path' });
}

/** What people decide by before they add a model. */
export async function describeSource(opened: OpenedSource, addedAs: string | null): Promise<ModelInspection> {
  const { source, name, config, licence, dtype, files } = opened;
  const toDownload = files.filter(({ isLocal }) => !isLocal);
  return {
    source,
    name,
    ...modelShape({ config, licence, dtype }),
    files,
    downloadBytes: toDownload.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    freeDiskBytes: await freeDiskBytes(opened.location.path),
    freeMemoryBytes: freemem(),
    addedAs,
  };
}

/** Bytes that may be written on the disk of a file that may not exist yet. */
async function freeDiskBytes(file: string): Promise<number> {
  const info = await statfs(file).catch(() => null);
  if (info !== null) return info.bavail * info.bsize;
  return path.dirname(file) === file ? 0 : freeDiskBytes(path.dirname(file));
}
