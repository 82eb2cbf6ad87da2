import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ModelConfig, readModelConfig } from '@featurescope/lm/config';

/** Directories below the roots that hold a config.json. A link that leads out of its root is not followed. */
export async function findModelDirectories(roots: string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => null);
    if (realRoot === null) continue;
    const names = (await readdir(realRoot)).filter((name) => !name.startsWith('.')).sort();
    for (const candidate of [realRoot, ...names.map((name) => path.join(realRoot, name))]) {
      const directory = await realpath(candidate).catch(() => null);
      if (directory === null || !isWithin(realRoot, directory)) continue;
      if (await exists(path.join(directory, 'config.json'))) found.add(directory);
    }
  }
  return [...found];
}

export interface ModelFiles {
  config: ModelConfig;
  licence: string | null;
  tokenizerHash: string;
  /** sha256 over the safetensors files, in the order of their names. */
  weightsHash: string;
}

/** Reads what identifies a model. Throws ModelFormatError for a model that cannot be run, naming file and field. */
export async function readModelFiles(directory: string): Promise<ModelFiles> {
  const config = await readModelConfig(directory);
  const tokenizer = await readFile(path.join(directory, 'tokenizer.json'));
  return {
    config,
    licence: await readLicence(directory),
    tokenizerHash: createHash('sha256').update(tokenizer).digest('hex'),
    weightsHash: await hashWeights(directory),
  };
}

/** Changes whenever a file of the model does: cheap to compare, unlike hashing gigabytes. */
export async function modelStamp(directory: string): Promise<string> {
  const files = [...(await weightFiles(directory)), 'config.json', 'tokenizer.json', 'README.md'];
  const stamps = await Promise.all(
    files.map(async (file) => {
      const info = await stat(path.join(directory, file)).catch(() => null);
      return info ? `${file} ${info.size} ${info.mtimeMs}` : '';
    }),
  );
  return stamps.join('\n');
}

async function weightFiles(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith('.safetensors')).sort();
}

async function hashWeights(directory: string): Promise<string> {
  const files = await weightFiles(directory);
  if (files.length === 0) throw new Error('There is no .safetensors file');
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of createReadStream(path.join(directory, file))) hash.update(chunk);
  return hash.digest('hex');
}

/** `license:` of the model card's front matter. */
async function readLicence(directory: string): Promise<string | null> {
  const card = await readFile(path.join(directory, 'README.md'), 'utf8').catch(() => '');
  const frontMatter = /^---\n([\s\S]*?)\n---/.exec(card)?.[1] ?? '';
  return /^license:\s*["']?([\w .+-]+?)["']?\s*$/m.exec(frontMatter)?.[1] ?? null;
}

function isWithin(root: string, directory: string): boolean {
  const relative = path.relative(root, directory);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
