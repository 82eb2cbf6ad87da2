import { existsSync, lstatSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { isGpuLibraries } from './cuda-libraries.mjs';
import { forgetFailure, recallFailure, rememberFailure } from './native-failure.mjs';
import { CommandError } from './run-command.mjs';
import { openStamps } from './stamps.mjs';
import {
  ensureTensorflowLibraries,
  hasTensorflowLibraries,
  librariesDirectory,
  TENSORFLOW_VERSION,
} from './tensorflow-wheel.mjs';
import {
  BINDING_FILE,
  buildBinding,
  copyKeptBinding,
  installBinding,
  probeBinding,
  runOwnInstaller,
} from './tfjs-binding.mjs';
import { findToolchain } from './toolchain.mjs';

/**
 * @typedef {object} TensorBackend
 * @property {'gpu' | 'native' | 'wasm'} backend
 * @property {string} [line] what to tell the user; nothing when it was ready
 */

const FALLBACK = 'Tensors run on the portable fallback (WebAssembly with ONNX Runtime)';

/**
 * Puts a native TensorFlow under tfjs-node, by the first way that works: what is there already; the package's own installer;
 * the official TensorFlow wheel, against which the package's binding is compiled. Without any, the product runs on the
 * fallback. A failure is remembered until versions or toolchain change, or FEATURESCOPE_TENSOR=native asks to try again.
 * @param {import('./install.mjs').SetupContext} context
 * @param {string | undefined} wanted FEATURESCOPE_TENSOR
 * @returns {Promise<TensorBackend>}
 */
export async function setUpNativeTensorflow(context, wanted) {
  if (wanted === 'wasm') return { backend: 'wasm', line: `${FALLBACK}, as FEATURESCOPE_TENSOR=wasm asks.` };
  const packageDirectory = realpathSync(path.join(context.root, 'packages/tensor/node_modules/@tensorflow/tfjs-node'));
  const stamps = openStamps(context.root);
  if (stamps.isFresh('native', bindingState(packageDirectory))) return { backend: 'native' };
  stamps.clear('native');

  const toolchain = findToolchain();
  const failure = recallFailure(context.cacheDirectory, toolchain.versions);
  const tryAgain = wanted === 'native' || !failure;
  const outcome = await context.terminal.step('Setting up native TensorFlow', (progress) =>
    firstThatLoads({ ...context, packageDirectory, toolchain, progress, tryAgain }),
  );
  if ('source' in outcome) {
    stamps.write('native', bindingState(packageDirectory));
    forgetFailure(context.cacheDirectory);
    return { backend: 'native', line: `Tensors run on native TensorFlow, ${outcome.source}.` };
  }
  if (!tryAgain && failure) {
    return { backend: 'wasm', line: `${FALLBACK}: ${failure}. FEATURESCOPE_TENSOR=native npm start tries again.` };
  }
  rememberFailure(context.cacheDirectory, toolchain.versions, outcome.reason);
  return { backend: 'wasm', line: `${FALLBACK}: ${outcome.reason}.` };
}

/**
 * @typedef {import('./install.mjs').SetupContext & {
 *   packageDirectory: string,
 *   toolchain: import('./toolchain.mjs').Toolchain,
 *   progress: import('./terminal.mjs').Progress,
 *   tryAgain: boolean,
 * }} NativeContext
 */

/**
 * @param {NativeContext} context
 * @returns {Promise<{source: string} | {reason: string}>}
 */
async function firstThatLoads(context) {
  const { packageDirectory, progress, signal } = context;
  /** @type {string[]} */
  const problems = [];
  // A start that asked for the GPU left its TensorFlow there; the processor's is as quick to put back.
  const isForGpu = isGpuLibraries(linkedLibraries(packageDirectory));
  if (!isForGpu && existsSync(path.join(packageDirectory, BINDING_FILE))) {
    progress('probing the binding that is there');
    const problem = await probeBinding(packageDirectory, packageDirectory, signal);
    if (!problem) return { source: 'which was there already' };
    problems.push(`the binding that was there ${problem}`);
  }
  if (!context.tryAgain && !isForGpu) return { reason: problems.join('; ') };

  const ways = [
    { name: 'a binding built earlier', prepare: async () => reuseBinding(context) },
    { name: "tfjs-node's own installer", prepare: () => runOwnInstaller(context) },
    { name: `the TensorFlow ${TENSORFLOW_VERSION} wheel`, prepare: () => fromWheel(context) },
  ];
  for (const way of ways) {
    try {
      const built = await way.prepare();
      if (!built) continue;
      progress('probing what was built');
      const problem = await probeBinding(built.directory, packageDirectory, signal);
      if (!problem) installBinding(built, packageDirectory);
      if (problem || !built.keep) rmSync(built.directory, { recursive: true, force: true });
      if (problem) throw new Error(problem);
      return { source: `from ${way.name}${problems.length > 0 ? ` (${problems.join('; ')})` : ''}` };
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${way.name}: ${oneLine(error)}`);
    }
  }
  return { reason: problems.join('; ') };
}

/** The binding that another clone of this user compiled, when the libraries it needs are there. @param {NativeContext} context */
function reuseBinding({ cacheDirectory, packageDirectory }) {
  const libraries = librariesDirectory(cacheDirectory);
  return hasTensorflowLibraries(cacheDirectory) ? copyKeptBinding(packageDirectory, libraries) : undefined;
}

/** @param {NativeContext} context */
async function fromWheel(context) {
  const { toolchain } = context;
  if (toolchain.missing.length > 0) throw new Error(`needs ${toolchain.missing.join(', ')}`);
  const libraries = await ensureTensorflowLibraries(context);
  return buildBinding(context, libraries);
}

/**
 * Identifies an installed binding without loading it, which takes seconds. It names the processor too: a binding that
 * loads on one may die of an illegal instruction on another that shares the disk.
 * @param {string} packageDirectory
 */
export function bindingState(packageDirectory) {
  const binding = statSync(path.join(packageDirectory, BINDING_FILE), { throwIfNoEntry: false });
  const libraries = linkedLibraries(packageDirectory);
  const present = existsSync(path.join(libraries, 'lib')) ? 'present' : 'missing';
  return [process.version, cpus()[0]?.model, binding?.size ?? 0, binding?.mtimeMs ?? 0, libraries, present].join('|');
}

/** Where the package's link to TensorFlow's libraries points. @param {string} packageDirectory */
function linkedLibraries(packageDirectory) {
  const deps = path.join(packageDirectory, 'deps');
  return lstatSync(deps, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(deps) : deps;
}

/** @param {unknown} error */
export function oneLine(error) {
  const own = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const output = error instanceof CommandError ? error.output.split('\n') : [];
  const cause = output.find((line) => /error:|not found|denied|no space/i.test(line));
  return `${own}${cause ? ` (${cause.trim()})` : ''}`.slice(0, 300);
}
