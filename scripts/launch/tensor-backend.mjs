import { missingGpuLibraries } from './cuda-libraries.mjs';
import { findGpu } from './find-gpu.mjs';
import { setUpGpuTensorflow } from './gpu-tensorflow.mjs';
import { setUpNativeTensorflow } from './native-tensorflow.mjs';
import { megabytes } from './terminal.mjs';

const CHOICES = ['native', 'wasm', 'gpu'];

/** @param {string | undefined} wanted FEATURESCOPE_TENSOR. Throws when it is none of the choices. */
export function checkTensorChoice(wanted) {
  if (wanted && !CHOICES.includes(wanted)) {
    throw new Error(`FEATURESCOPE_TENSOR is "${wanted}"; it may be native, wasm or gpu.`);
  }
}

/**
 * Sets up what the tensors run on. A GPU is used when it is asked for and computes; else the processor is, as for `native`, and
 * the line says why: a machine whose driver broke still shows what it has.
 * @param {import('./install.mjs').SetupContext} context
 * @param {string | undefined} wanted FEATURESCOPE_TENSOR
 * @returns {Promise<import('./native-tensorflow.mjs').TensorBackend>}
 */
export async function setUpTensors(context, wanted) {
  if (wanted !== 'gpu') return withOffer(context, wanted, await setUpNativeTensorflow(context, wanted));
  const gpu = findGpu();
  const { problem } = 'problem' in gpu ? gpu : await setUpGpuTensorflow(context, gpu);
  if (problem === undefined) return { backend: 'gpu', line: `Tensors run on the GPU: ${nameOf(gpu)}.` };
  const { backend, line } = await setUpNativeTensorflow(context, undefined);
  const instead = line ?? 'Tensors run on native TensorFlow.';
  return { backend, line: `The GPU that FEATURESCOPE_TENSOR=gpu asks for is not used: ${problem}. ${instead}` };
}

/**
 * Says that there is a GPU to somebody who has not chosen.
 * @param {import('./install.mjs').SetupContext} context
 * @param {string | undefined} wanted
 * @param {import('./native-tensorflow.mjs').TensorBackend} result
 */
function withOffer({ cacheDirectory }, wanted, result) {
  const gpu = wanted ? undefined : findGpu();
  if (!gpu || 'problem' in gpu) return result;
  const { downloadBytes } = missingGpuLibraries(cacheDirectory);
  const price = downloadBytes > 0 ? `, after a download of ${megabytes(downloadBytes)}` : '';
  const offer = `There is a GPU (${nameOf(gpu)}): FEATURESCOPE_TENSOR=gpu npm start computes on it${price}.`;
  return { ...result, line: result.line ? `${result.line} ${offer}` : offer };
}

/** @param {import('./find-gpu.mjs').Gpu | {problem: string}} gpu */
function nameOf(gpu) {
  if ('problem' in gpu) return gpu.problem;
  return `${gpu.name}${gpu.count > 1 ? `, one of ${gpu.count}` : ''}, driver ${gpu.driver}`;
}
