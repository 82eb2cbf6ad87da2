import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { hasLibraries, TENSORFLOW_VERSION, unpackLibraries } from './tensorflow-wheel.mjs';
import { unpackWheel } from './wheel.mjs';

/** @typedef {import('./wheel.mjs').Wheel & {unpackedBytes: number}} PinnedWheel */

/** @type {PinnedWheel} */
const TENSORFLOW = {
  name: 'tensorflow',
  version: TENSORFLOW_VERSION,
  tag: 'manylinux_2_27_x86_64',
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  sizeBytes: 573e6,
  unpackedBytes: 1270e6,
};

/**
 * NVIDIA's own wheels, the newest that `tensorflow[and-cuda]` 2.21.0 allows. Of those it asks for, nvcc is left out, which only
 * XLA runs, and curand, which none of TensorFlow's libraries loads.
 * @type {PinnedWheel[]}
 */
const CUDA = [
  {
    name: 'nvidia-cublas-cu12',
    version: '12.9.3.13',
    tag: 'manylinux_2_27_x86_64',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    sizeBytes: 581e6,
    unpackedBytes: 856e6,
  },
  {
    name: 'nvidia-cuda-cupti-cu12',
    version: '12.9.79',
    tag: 'manylinux_2_25_x86_64',
    sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
    sizeBytes: 11e6,
    unpackedBytes: 44e6,
  },
  {
    name: 'nvidia-cuda-nvrtc-cu12',
    version: '12.9.86',
    tag: 'manylinux2010_x86_64',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    sizeBytes: 90e6,
    unpackedBytes: 228e6,
  },
  {
    name: 'nvidia-cuda-runtime-cu12',
    version: '12.9.79',
    tag: 'manylinux2014_x86_64',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    sizeBytes: 3e6,
    unpackedBytes: 6e6,
  },
  {
    name: 'nvidia-cudnn-cu12',
    version: '9.28.0.42',
    tag: 'manylinux_2_27_x86_64',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    sizeBytes: 717e6,
    unpackedBytes: 1163e6,
  },
  {
    name: 'nvidia-cufft-cu12',
    version: '11.4.1.4',
    tag: 'manylinux2014_x86_64',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    sizeBytes: 201e6,
    unpackedBytes: 294e6,
  },
  {
    name: 'nvidia-cusolver-cu12',
    version: '11.7.5.82',
    tag: 'manylinux_2_27_x86_64',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    sizeBytes: 338e6,
    unpackedBytes: 495e6,
  },
  {
    name: 'nvidia-cusparse-cu12',
    version: '12.5.10.65',
    tag: 'manylinux2014_x86_64',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    sizeBytes: 366e6,
    unpackedBytes: 487e6,
  },
  {
    name: 'nvidia-nccl-cu12',
    version: '2.32.3',
    tag: 'manylinux_2_27_x86_64',
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    sizeBytes: 352e6,
    unpackedBytes: 490e6,
  },
  {
    name: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    tag: 'manylinux2010_x86_64',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    sizeBytes: 40e6,
    unpackedBytes: 96e6,
  },
];

const PINS = [TENSORFLOW, ...CUDA];
const pinsHash = createHash('sha256')
  .update(PINS.map((wheel) => wheel.sha256).join())
  .digest('hex');

/** Other pins make another directory: what is in it need not be asked for its version. @param {string} cacheDirectory */
export function gpuLibrariesDirectory(cacheDirectory) {
  return path.join(cacheDirectory, `tensorflow-${TENSORFLOW_VERSION}-cuda-${pinsHash.slice(0, 8)}`);
}

/** Whether a directory of libraries, of these pins or earlier ones, is for the GPU. @param {string} directory */
export const isGpuLibraries = (directory) =>
  path.basename(directory).startsWith(`tensorflow-`) && directory.includes('-cuda-');

/**
 * What is still to be fetched, and the room that it takes while the largest wheel is unpacked.
 * @param {string} cacheDirectory
 * @returns {{downloadBytes: number, diskBytes: number}} zeros when all is there
 */
export function missingGpuLibraries(cacheDirectory) {
  const directory = gpuLibrariesDirectory(cacheDirectory);
  const missing = PINS.filter((wheel) => !isThere(directory, wheel));
  const sum = (/** @type {(wheel: PinnedWheel) => number} */ of) =>
    missing.reduce((total, wheel) => total + of(wheel), 0);
  const largest = Math.max(0, ...missing.map((wheel) => wheel.sizeBytes));
  return { downloadBytes: sum((wheel) => wheel.sizeBytes), diskBytes: sum((wheel) => wheel.unpackedBytes) + largest };
}

/**
 * The TensorFlow that runs on GPUs, with CUDA's libraries beside it: `lib`, `include` and `nvidia/<part>/lib`, where the run
 * paths inside TensorFlow's libraries look for them, so that no process needs an LD_LIBRARY_PATH. Each wheel appears at once: a
 * set-up that was cut off goes on with the next one.
 * @param {import('./native-tensorflow.mjs').NativeContext} context
 * @returns {Promise<string>} the directory
 */
export async function ensureGpuLibraries(context) {
  const directory = gpuLibrariesDirectory(context.cacheDirectory);
  mkdirSync(path.join(directory, 'nvidia'), { recursive: true });
  if (!isThere(directory, TENSORFLOW)) {
    await unpackLibraries(context, TENSORFLOW, TENSORFLOW.unpackedBytes, (ready) => {
      moveUnlessThere(path.join(ready, 'include'), path.join(directory, 'include'));
      moveUnlessThere(path.join(ready, 'lib'), path.join(directory, 'lib'));
    });
  }
  for (const wheel of CUDA.filter((each) => !isThere(directory, each))) {
    const part = partOf(wheel);
    await unpackWheel(
      context,
      wheel,
      { prefixes: [`nvidia/${part}/lib/`], unpackedBytes: wheel.unpackedBytes },
      (work) => {
        moveUnlessThere(path.join(work, 'nvidia', part), path.join(directory, 'nvidia', part));
      },
    );
  }
  return directory;
}

/** @param {string} directory @param {PinnedWheel} wheel */
const isThere = (directory, wheel) =>
  wheel === TENSORFLOW ? hasLibraries(directory) : existsSync(path.join(directory, 'nvidia', partOf(wheel)));

/** nvidia-cuda-runtime-cu12 → cuda_runtime. @param {PinnedWheel} wheel */
const partOf = (wheel) => wheel.name.replace(/^nvidia-|-cu12$/g, '').replaceAll('-', '_');

/** Another clone may have been faster. @param {string} from @param {string} to */
function moveUnlessThere(from, to) {
  if (!existsSync(to)) renameSync(from, to);
}
