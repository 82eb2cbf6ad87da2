import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.mjs';
import { megabytes } from './terminal.mjs';

export const TENSORFLOW_VERSION = '2.21.0';

/** Of the wheel's two libraries on disk. */
export const LIBRARIES_BYTES = 853e6;
/** Of the largest of the wheels, while it is unpacked. */
export const WHEEL_BYTES = 274e6;

/**
 * The official wheels, which carry TensorFlow's C library and headers. Which Python they are for does not matter: none runs
 * afterwards. The macOS and arm64 ones are pinned like the first, but the build against them was never tried.
 * @type {Record<string, {name: string, tag: string, sha256: string, sizeBytes: number}>}
 */
const WHEELS = {
  'linux-x64': {
    name: 'tensorflow-cpu',
    tag: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    sizeBytes: 274e6,
  },
  'linux-arm64': {
    name: 'tensorflow',
    tag: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    sizeBytes: 274e6,
  },
  'darwin-arm64': {
    name: 'tensorflow',
    tag: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    sizeBytes: 232e6,
  },
};

const isMac = process.platform === 'darwin';
/** As they are in the wheel, and as the binding's build file asks for them. */
const LIBRARIES = isMac
  ? [
      { file: 'libtensorflow_cc.2.dylib', alias: 'libtensorflow.2.dylib' },
      { file: 'libtensorflow_framework.2.dylib', alias: 'libtensorflow_framework.dylib' },
    ]
  : [
      { file: 'libtensorflow_cc.so.2', alias: 'libtensorflow.so' },
      { file: 'libtensorflow_framework.so.2', alias: 'libtensorflow_framework.so' },
    ];

/** Where they are or shall be. @param {string} cacheDirectory */
export function librariesDirectory(cacheDirectory) {
  const suffix = process.platform === 'linux' && process.arch === 'x64' ? '' : `-${process.platform}-${process.arch}`;
  return path.join(cacheDirectory, `tensorflow-${TENSORFLOW_VERSION}${suffix}`);
}

/** @param {string} cacheDirectory */
export function hasTensorflowLibraries(cacheDirectory) {
  const directory = librariesDirectory(cacheDirectory);
  return LIBRARIES.every(({ file, alias }) =>
    [file, alias].every((name) => existsSync(path.join(directory, 'lib', name))),
  );
}

/**
 * TensorFlow's libraries and C headers, as `lib` and `include` of a directory in the user's cache, where they appear at once.
 * @param {import('./native-tensorflow.mjs').NativeContext} context
 * @returns {Promise<string>} the directory
 */
export async function ensureTensorflowLibraries({ cacheDirectory, toolchain, signal, logFile, progress }) {
  const directory = librariesDirectory(cacheDirectory);
  if (hasTensorflowLibraries(cacheDirectory)) return directory;
  const wheel = WHEELS[`${process.platform}-${process.arch}`];
  const python = toolchain.python;
  if (!wheel || !python) throw new Error(`there is none for ${process.platform} ${process.arch}`);

  mkdirSync(cacheDirectory, { recursive: true });
  const work = mkdtempSync(path.join(cacheDirectory, 'tensorflow-download-'));
  try {
    writeFileSync(path.join(work, 'wheel.txt'), `${wheel.name}==${TENSORFLOW_VERSION} --hash=sha256:${wheel.sha256}\n`);
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
    progress(`unpacking, ${megabytes(LIBRARIES_BYTES)}`);
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    await runCommand(python, ['-c', UNPACK, path.join(work, file ?? ''), work, ...LIBRARIES.map((each) => each.file)], {
      signal,
      logFile,
    });
    const ready = arrange(work);
    rmSync(directory, { recursive: true, force: true });
    renameSync(ready, directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return directory;
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

/** Arguments: the wheel, the target, the libraries. Node has no unzip; Python is here because pip is. */
const UNPACK = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
libraries = tuple('tensorflow/' + name for name in sys.argv[3:])
headers = tuple('tensorflow/include/' + name for name in ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/'))
wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name in libraries or name.startswith(headers)])
`;

/** @param {string} work where the wheel was unpacked @returns {string} */
function arrange(work) {
  const ready = path.join(work, 'ready');
  mkdirSync(path.join(ready, 'lib'), { recursive: true });
  for (const { file, alias } of LIBRARIES) {
    renameSync(path.join(work, 'tensorflow', file), path.join(ready, 'lib', file));
    symlinkSync(file, path.join(ready, 'lib', alias));
  }
  renameSync(path.join(work, 'tensorflow/include'), path.join(ready, 'include'));
  return ready;
}

/** Bytes below a directory that may change meanwhile. @param {string} directory @returns {number} */
function sizeOf(directory) {
  let bytes = 0;
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(path.join(directory, name), { throwIfNoEntry: false });
    if (stats?.isFile()) bytes += stats.size;
  }
  return bytes;
}
