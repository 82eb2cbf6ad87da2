import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The GGUF file that a path stands for: the path itself, or the only one of a directory that has no config.json.
 *  null: the path is no GGUF model. */
export async function findGguf(path: string): Promise<string | null> {
  if (path.toLowerCase().endsWith('.gguf')) return path;
  const names: string[] = await readdir(path).catch(() => []);
  const files = names.filter((name) => name.toLowerCase().endsWith('.gguf'));
  return files.length === 1 && !names.includes('config.json') ? join(path, files[0]) : null;
}
