import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, writeAtomic } from './atomic.ts';

/** The files of a SAELens directory. */
export interface DictionaryFiles {
  'cfg.json': string;
  'sae_weights.safetensors': Uint8Array;
  /** How often latents fire; not every dictionary has it. */
  'sparsity.safetensors'?: Uint8Array;
}

export const dictionaryFileNames = ['cfg.json', 'sae_weights.safetensors', 'sparsity.safetensors'] as const;
export type DictionaryFileName = (typeof dictionaryFileNames)[number];

/** Puts a dictionary in place as one directory. An older one is moved aside first: for the instant between the two
 *  renames there is none, which only a job that has not finished yet, and so will write it again, can leave behind. */
export async function writeDictionary(directory: string, files: DictionaryFiles): Promise<void> {
  const temporary = `${directory}.${randomUUID()}.partial`;
  const previous = `${directory}.${randomUUID()}.old`;
  for (const name of dictionaryFileNames) {
    const content = files[name];
    if (content !== undefined) await writeAtomic(path.join(temporary, name), content);
  }
  if (existsSync(directory)) await rename(directory, previous);
  await rename(temporary, directory);
  await syncDirectory(path.dirname(directory));
  await rm(previous, { recursive: true, force: true });
}

/** The run's dictionary, or null when it has none. */
export async function readDictionary(directory: string): Promise<DictionaryFiles | null> {
  if (!existsSync(path.join(directory, 'cfg.json'))) return null;
  const sparsity = path.join(directory, 'sparsity.safetensors');
  return {
    'cfg.json': await readFile(path.join(directory, 'cfg.json'), 'utf8'),
    'sae_weights.safetensors': await readFile(path.join(directory, 'sae_weights.safetensors')),
    ...(existsSync(sparsity) ? { 'sparsity.safetensors': await readFile(sparsity) } : {}),
  };
}
