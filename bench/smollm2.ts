import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');

/** Where `pnpm fetch:smollm2` puts the model. */
const file = path.join(cache, 'featurescope', 'smollm2-0.1.2', 'SmolLM2-135M-Instruct.Q4_1.gguf');

/** The model's file; null, with a line, where it was not fetched. */
export function smolLm2(): string | null {
  if (existsSync(file)) return file;
  console.error(`SmolLM2 is left out: ${file} is not there. "pnpm fetch:smollm2" fetches it.`);
  return null;
}
