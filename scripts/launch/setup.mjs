import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { buildWeb, isWebBuilt } from './build-web.mjs';
import { missingGpuLibraries } from './cuda-libraries.mjs';
import { checkDiskSpace } from './disk-space.mjs';
import { findGpu } from './find-gpu.mjs';
import { generateClient } from './generate-client.mjs';
import { installDependencies, isInstalled } from './install.mjs';
import { checkTensorChoice, setUpTensors } from './tensor-backend.mjs';
import { hasTensorflowLibraries, LIBRARIES_BYTES, WHEEL_BYTES } from './tensorflow-wheel.mjs';
import { BINDING_FILE } from './tfjs-binding.mjs';

/** Measured, and rounded up. */
const PACKAGES_BYTES = 2.2e9;
const PAGES_BYTES = 0.4e9;
const DATA_BYTES = 0.5e9;

/**
 * Everything between a bare clone and a product that can be started: nothing of it is done twice.
 * @param {import('./install.mjs').SetupContext} context
 * @param {{environment: NodeJS.ProcessEnv, dev: boolean}} options
 * @returns {Promise<{tensor: 'gpu' | 'wasm' | undefined}>} the tensor backend the processes must be told; undefined: what loads
 */
export async function setUp(context, { environment, dev }) {
  const { root } = context;
  const wanted = environment.FEATURESCOPE_TENSOR;
  checkTensorChoice(wanted);
  const disk = checkDiskSpace(diskNeeds(context, { dev, wanted }));
  if (disk.problem) throw new Error(disk.problem);
  if (!isInstalled(root)) context.terminal.say(`First set-up. It needs ${disk.summary}.`);
  await installDependencies(context);
  await generateClient(context);
  if (!dev) await buildWeb(context);
  const result = await setUpTensors(context, wanted);
  if (result.line) context.terminal.say(`✓ ${result.line}`);
  if (result.backend === 'gpu') return { tensor: 'gpu' };
  // A binding that is there and kills its process must not be tried by the product.
  const hasBinding = existsSync(path.join(root, 'packages/tensor/node_modules/@tensorflow/tfjs-node', BINDING_FILE));
  return { tensor: result.backend === 'wasm' && (wanted === 'wasm' || hasBinding) ? 'wasm' : undefined };
}

/**
 * @param {import('./install.mjs').SetupContext} context
 * @param {{dev: boolean, wanted: string | undefined}} options
 */
function diskNeeds({ root, dataDirectory, cacheDirectory }, { dev, wanted }) {
  const needs = [{ what: 'data', directory: dataDirectory, bytes: DATA_BYTES }];
  if (!isInstalled(root)) needs.push({ what: 'packages', directory: realpathSync(root), bytes: PACKAGES_BYTES });
  if (!dev && !isWebBuilt(root)) needs.push({ what: 'pages', directory: root, bytes: PAGES_BYTES });
  if (wanted !== 'wasm' && !hasTensorflowLibraries(cacheDirectory)) {
    needs.push({ what: 'TensorFlow', directory: cacheDirectory, bytes: LIBRARIES_BYTES + WHEEL_BYTES });
  }
  if (wanted === 'gpu' && !('problem' in findGpu())) {
    needs.push({
      what: 'TensorFlow for the GPU',
      directory: cacheDirectory,
      bytes: missingGpuLibraries(cacheDirectory).diskBytes,
    });
  }
  return needs;
}
