import { realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureGpuLibraries, gpuLibrariesDirectory, missingGpuLibraries } from './cuda-libraries.mjs';
import { bindingState, oneLine } from './native-tensorflow.mjs';
import { openStamps } from './stamps.mjs';
import { megabytes } from './terminal.mjs';
import { buildBinding, copyKeptBinding, installBinding, probeBinding } from './tfjs-binding.mjs';
import { findToolchain } from './toolchain.mjs';

/**
 * Puts a TensorFlow that runs on the GPU under tfjs-node: fetched once, built against once, and used only when a process of its
 * own has seen a product computed on the GPU. Nothing is changed otherwise.
 * @param {import('./install.mjs').SetupContext} context
 * @param {import('./find-gpu.mjs').Gpu} gpu
 * @returns {Promise<{problem?: string}>} why the GPU cannot be used
 */
export async function setUpGpuTensorflow(context, gpu) {
  const packageDirectory = realpathSync(path.join(context.root, 'packages/tensor/node_modules/@tensorflow/tfjs-node'));
  const stamps = openStamps(context.root);
  const state = () => [
    bindingState(packageDirectory),
    gpu.name,
    gpu.driver,
    gpuLibrariesDirectory(context.cacheDirectory),
  ];
  if (stamps.isFresh('gpu', state().join('|'))) return {};
  stamps.clear('gpu');

  const { downloadBytes } = missingGpuLibraries(context.cacheDirectory);
  if (downloadBytes > 0) {
    context.terminal.say(
      `TensorFlow for the GPU and NVIDIA's CUDA libraries, under NVIDIA's licence, are fetched once: ${megabytes(downloadBytes)} into ${gpuLibrariesDirectory(context.cacheDirectory)}. A set-up that is cut off goes on where it was.`,
    );
  }
  const problem = await context.terminal.step('Setting up TensorFlow for the GPU', async (progress) => {
    try {
      const built =
        (downloadBytes === 0 && copyKeptBinding(packageDirectory, gpuLibrariesDirectory(context.cacheDirectory))) ||
        (await build({ ...context, packageDirectory, toolchain: findToolchain(), progress, tryAgain: true }));
      progress('computing on the GPU');
      const refused = await probeBinding(built.directory, packageDirectory, context.signal, { onGpu: true });
      if (!refused) installBinding(built, packageDirectory);
      rmSync(built.directory, { recursive: true, force: true });
      return refused && `TensorFlow ${refused}`;
    } catch (error) {
      context.signal.throwIfAborted();
      return oneLine(error);
    }
  });
  if (problem) return { problem };
  stamps.write('gpu', state().join('|'));
  return {};
}

/** @param {import('./native-tensorflow.mjs').NativeContext} context */
async function build(context) {
  const { missing } = context.toolchain;
  if (missing.length > 0) throw new Error(`its binding needs ${missing.join(', ')}`);
  return buildBinding(context, await ensureGpuLibraries(context));
}
