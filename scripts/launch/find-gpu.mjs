import { execFileSync } from 'node:child_process';

/** CUDA 12's libraries run on this driver and later ones, by NVIDIA's table of minor version compatibility. */
const LEAST_DRIVER = [525, 60];

/**
 * @typedef {object} Gpu
 * @property {string} name of the first one that answers
 * @property {number} count
 * @property {string} driver
 */

/**
 * The GPUs of this machine, as `nvidia-smi` on the PATH tells them; else why there is none to use, as the end of a sentence.
 * @param {{platform?: string, arch?: string}} [machine]
 * @returns {Gpu | {problem: string}}
 */
export function findGpu({ platform = process.platform, arch = process.arch } = {}) {
  if (platform !== 'linux' || arch !== 'x64') {
    return { problem: `TensorFlow runs on GPUs on Linux x64 only, and this is ${platform} ${arch}` };
  }
  /** @type {string} */
  let answer;
  try {
    answer = execFileSync('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
  } catch (error) {
    return { problem: silence(/** @type {NodeJS.ErrnoException & {stdout?: string, stderr?: string}} */ (error)) };
  }
  const gpus = answer
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((part) => part.trim()))
    .filter(([name, driver]) => name && driver);
  if (gpus.length === 0) return { problem: `nvidia-smi names no GPU (it answered "${answer.trim().slice(0, 100)}")` };
  const [name, driver] = gpus[0];
  if (isOlder(driver, LEAST_DRIVER)) {
    return { problem: `its driver is ${driver}, and CUDA 12 needs ${LEAST_DRIVER.join('.')} or later` };
  }
  return { name, count: gpus.length, driver };
}

/** @param {NodeJS.ErrnoException & {stdout?: string, stderr?: string}} error */
function silence(error) {
  if (error.code === 'ENOENT') return 'nvidia-smi is not on the PATH: the NVIDIA driver is not installed';
  if (error.code === 'ETIMEDOUT') return 'nvidia-smi did not answer within 20 s';
  const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n')[0] || error.message;
  return `nvidia-smi says "${said.slice(0, 200)}"`;
}

/** @param {string} version @param {number[]} least */
function isOlder(version, least) {
  const parts = version.split('.').map(Number);
  const place = least.findIndex((number, i) => number !== (parts[i] ?? 0));
  return place >= 0 && (parts[place] ?? 0) < least[place];
}
