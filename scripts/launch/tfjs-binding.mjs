import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommandError, runCommand } from './run-command.mjs';

/** Where tfjs-node 4.22 looks for its binding, on every Node we support. */
export const BINDING_FILE = 'lib/napi-v8/tfjs_binding.node';
const OWN_INSTALLER_TIMEOUT_MS = 60_000;
/** What a probe ends with whose TensorFlow works but has no GPU, and the lines in which TensorFlow says why. */
const NO_GPU_CODE = 4;
const GPU_TROUBLE = /find cuda drivers|Cannot dlopen|Could not load dynamic|CUDA_ERROR|cuInit|compute capability/;
const MAC_LOADER = '@loader_path/../../deps/lib';

/**
 * A copy of tfjs-node with a binding and its libraries, not yet used by the product.
 * @typedef {object} BuiltBinding
 * @property {string} directory with BINDING_FILE, and `deps`
 * @property {string} libraries absolute; what `deps` shall point at
 * @property {boolean} keep whether the libraries are in the copy, which then has to stay
 */

/**
 * Loads the binding of a package directory in a process of its own and multiplies two matrices: a library for another
 * processor dies of an illegal instruction instead of throwing.
 * @param {string} directory
 * @param {string} packageDirectory the installed package, beside which the other packages are
 * @param {AbortSignal} signal
 * @param {{onGpu?: boolean}} [options] onGpu: a product on the processor is a problem
 * @returns {Promise<string | undefined>} the problem, which continues "it …"
 */
export async function probeBinding(directory, packageDirectory, signal, { onGpu = false } = {}) {
  const program = `
    const util = require('node:util');
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    const tf = require(${JSON.stringify(directory)});
    const product = tf.matMul(tf.ones([3, 5]), tf.ones([5, 2])).dataSync();
    if (tf.getBackend() !== 'tensorflow' || product[5] !== 5) process.exit(3);
    if (${onGpu} && !tf.backend().isUsingGpuDevice) process.exit(${NO_GPU_CODE});`;
  try {
    await runCommand(process.execPath, ['-e', program], {
      env: { ...process.env, NODE_PATH: siblings(packageDirectory), TF_CPP_MIN_LOG_LEVEL: onGpu ? '0' : '2' },
      signal,
      timeoutMs: 120_000,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const lines = error.output.split('\n');
    if (error.exitCode === NO_GPU_CODE) {
      const said = lines.find((line) => GPU_TROUBLE.test(line))?.replace(/^.*?\] ?/, '');
      return `lists no GPU${said ? ` (${said.trim()})` : ''}`;
    }
    const why = lines.find((line) => /Error:|cannot open|not found/.test(line));
    return `does not load (${why?.trim() ?? error.message})`;
  }
}

/**
 * Lets the package install itself, in a copy. Its source has answered with an error to many users; it gets a minute.
 * @param {import('./native-tensorflow.mjs').NativeContext} context
 * @returns {Promise<BuiltBinding>}
 */
export async function runOwnInstaller({ packageDirectory, cacheDirectory, signal, logFile, progress }) {
  progress("tfjs-node's own installer, at most 60 s");
  const copy = copyPackage(packageDirectory, cacheDirectory);
  try {
    await runCommand(process.execPath, ['scripts/install.js'], {
      cwd: copy,
      env: {
        ...process.env,
        NODE_PATH: siblings(packageDirectory),
        PATH: `${path.join(packageDirectory, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
      },
      signal,
      logFile,
      timeoutMs: OWN_INSTALLER_TIMEOUT_MS,
    });
    if (!existsSync(path.join(copy, BINDING_FILE))) throw new Error('left no binding');
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw error;
  }
  return { directory: copy, libraries: path.join(copy, 'deps'), keep: true };
}

/**
 * Compiles the package's binding against the given TensorFlow, in a copy: node-gyp cannot work below a path with a space.
 * @param {import('./native-tensorflow.mjs').NativeContext} context
 * @param {string} libraries
 * @returns {Promise<BuiltBinding>}
 */
export async function buildBinding({ root, packageDirectory, cacheDirectory, signal, logFile, progress }, libraries) {
  progress('compiling the binding');
  const copy = copyPackage(packageDirectory, cacheDirectory);
  const kept = keptBinding(packageDirectory, libraries);
  try {
    symlinkSync(libraries, path.join(copy, 'deps'));
    const nodeDirectory = path.resolve(path.dirname(process.execPath), '..');
    const hasHeaders = existsSync(path.join(nodeDirectory, 'include/node/node_api.h'));
    await runCommand(
      process.execPath,
      [
        path.join(root, 'node_modules/node-gyp/bin/node-gyp.js'),
        'rebuild',
        '--jobs=2',
        ...(hasHeaders ? [`--nodedir=${nodeDirectory}`] : []),
        '--',
        '-Dmodule_name=tfjs_binding',
        '-Dmodule_path=./lib/napi-v8',
        '-Dnapi_build_version=8',
      ],
      { cwd: copy, signal, logFile, timeoutMs: 10 * 60_000 },
    );
    if (process.platform === 'darwin') await pointAtWheelLibrary(copy, signal, logFile);
    copyFileSync(path.join(copy, BINDING_FILE), `${kept}.${process.pid}`);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw error;
  }
  return { directory: copy, libraries, keep: false };
}

/**
 * A copy of the package with the binding that was built against these libraries before; undefined when none was.
 * @param {string} packageDirectory
 * @param {string} libraries
 * @returns {BuiltBinding | undefined}
 */
export function copyKeptBinding(packageDirectory, libraries) {
  const kept = keptBinding(packageDirectory, libraries);
  if (!existsSync(kept)) return undefined;
  const copy = copyPackage(packageDirectory, path.dirname(libraries));
  symlinkSync(libraries, path.join(copy, 'deps'));
  mkdirSync(path.dirname(path.join(copy, BINDING_FILE)), { recursive: true });
  copyFileSync(kept, path.join(copy, BINDING_FILE));
  return { directory: copy, libraries, keep: false };
}

/** @param {string} packageDirectory @param {string} libraries */
function keptBinding(packageDirectory, libraries) {
  const { version } = JSON.parse(readFileSync(path.join(packageDirectory, 'package.json'), 'utf8'));
  return path.join(libraries, `tfjs_binding-${version}.node`);
}

/**
 * The build file expects a library that calls itself libtensorflow.2.dylib; the wheel's has another name.
 * @param {string} copy
 * @param {AbortSignal} signal
 * @param {string} logFile
 */
async function pointAtWheelLibrary(copy, signal, logFile) {
  const name = 'libtensorflow_cc.2.dylib';
  await runCommand(
    'install_name_tool',
    ['-change', `@rpath/${name}`, `${MAC_LOADER}/${name}`, path.join(copy, BINDING_FILE)],
    { signal, logFile },
  );
}

/**
 * Puts a built binding into the installed package. Both parts are renamed into place, the libraries first: whoever loads
 * the package meanwhile finds a whole binding or none.
 * @param {BuiltBinding} built
 * @param {string} packageDirectory
 */
export function installBinding(built, packageDirectory) {
  const deps = path.join(packageDirectory, 'deps');
  const newDeps = `${deps}.${process.pid}`;
  rmSync(newDeps, { force: true });
  symlinkSync(built.libraries, newDeps);
  if (lstatSync(deps, { throwIfNoEntry: false })?.isDirectory()) rmSync(deps, { recursive: true });
  renameSync(newDeps, deps);
  const target = path.join(packageDirectory, BINDING_FILE);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(path.join(built.directory, BINDING_FILE), `${target}.${process.pid}`);
  renameSync(`${target}.${process.pid}`, target);
}

/**
 * @param {string} packageDirectory
 * @param {string} cacheDirectory
 * @returns {string} a fresh copy, in a path without spaces
 */
function copyPackage(packageDirectory, cacheDirectory) {
  const parent = [cacheDirectory, tmpdir(), '/tmp'].find((directory) => !/\s/.test(directory)) ?? '/tmp';
  mkdirSync(parent, { recursive: true });
  const copy = mkdtempSync(path.join(parent, 'tfjs-node-'));
  for (const name of ['package.json', 'binding.gyp', 'binding', 'dist', 'scripts']) {
    cpSync(path.join(packageDirectory, name), path.join(copy, name), { recursive: true });
  }
  return copy;
}

/** Where the package finds its dependencies, as a NODE_PATH for its copies. @param {string} packageDirectory */
function siblings(packageDirectory) {
  const paths = createRequire(path.join(packageDirectory, 'package.json')).resolve.paths('any');
  return (paths ?? []).join(path.delimiter);
}
