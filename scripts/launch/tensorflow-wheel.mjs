import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { unpackWheel } from './wheel.mjs';

export const TENSORFLOW_VERSION = '2.21.0';

/** Of the wheel's two libraries on disk. */
export const LIBRARIES_BYTES = 853e6;
/** Of the largest of the wheels, while it is unpacked. */
export const WHEEL_BYTES = 274e6;

/**
 * The official wheels, which carry TensorFlow's C library and headers. The macOS and arm64 ones are pinned like the first, but
 * the build against them was never tried.
 * @type {Record<string, import('./wheel.mjs').Wheel>}
 */
const WHEELS = {
  'linux-x64': {
    name: 'tensorflow-cpu',
    version: TENSORFLOW_VERSION,
    tag: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    sizeBytes: 274e6,
  },
  'linux-arm64': {
    name: 'tensorflow',
    version: TENSORFLOW_VERSION,
    tag: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    sizeBytes: 274e6,
  },
  'darwin-arm64': {
    name: 'tensorflow',
    version: TENSORFLOW_VERSION,
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
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/'];

/** Where they are or shall be. @param {string} cacheDirectory */
export function librariesDirectory(cacheDirectory) {
  const suffix = process.platform === 'linux' && process.arch === 'x64' ? '' : `-${process.platform}-${process.arch}`;
  return path.join(cacheDirectory, `tensorflow-${TENSORFLOW_VERSION}${suffix}`);
}

/** @param {string} directory */
export function hasLibraries(directory) {
  return LIBRARIES.every(({ file, alias }) =>
    [file, alias].every((name) => existsSync(path.join(directory, 'lib', name))),
  );
}

/** @param {string} cacheDirectory */
export const hasTensorflowLibraries = (cacheDirectory) => hasLibraries(librariesDirectory(cacheDirectory));

/**
 * TensorFlow's libraries and C headers, as `lib` and `include` of a directory in the user's cache, where they appear at once.
 * @param {import('./native-tensorflow.mjs').NativeContext} context
 * @returns {Promise<string>} the directory
 */
export async function ensureTensorflowLibraries(context) {
  const directory = librariesDirectory(context.cacheDirectory);
  if (hasLibraries(directory)) return directory;
  const wheel = WHEELS[`${process.platform}-${process.arch}`];
  if (!wheel) throw new Error(`there is none for ${process.platform} ${process.arch}`);
  await unpackLibraries(context, wheel, LIBRARIES_BYTES, (ready) => {
    rmSync(directory, { recursive: true, force: true });
    renameSync(ready, directory);
  });
  return directory;
}

/**
 * Gives `place` a directory with `lib` and `include`, to be moved away.
 * @param {import('./native-tensorflow.mjs').NativeContext} context
 * @param {import('./wheel.mjs').Wheel} wheel
 * @param {number} unpackedBytes
 * @param {(ready: string) => void} place
 */
export async function unpackLibraries(context, wheel, unpackedBytes, place) {
  const prefixes = [
    ...LIBRARIES.map(({ file }) => `tensorflow/${file}`),
    ...HEADERS.map((name) => `tensorflow/include/${name}`),
  ];
  await unpackWheel(context, wheel, { prefixes, unpackedBytes }, (work) => place(arrange(work)));
}

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
