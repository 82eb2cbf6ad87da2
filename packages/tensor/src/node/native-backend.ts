import { createRequire } from 'node:module';
import os from 'node:os';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { BackendInfo } from '../backend-info.ts';
import { useKernels } from '../kernels.ts';
import { nativeKernels } from './native-kernels.ts';
import { type NativeBackend, NativeOps } from './native-ops.ts';

const require = createRequire(import.meta.url);

/** Loads tfjs-node and registers its raw-op kernels; a build for GPUs uses one where there is one and it may. Throws what loading
 *  its binding throws. */
export async function startNative({ mayUseGpu }: { mayUseGpu: boolean }): Promise<BackendInfo> {
  // tfjs-node 4.22 calls it, Node 23 removed it.
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // Read by TensorFlow when its library loads: hides the start-up lines about instruction sets.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (!mayUseGpu) process.env.CUDA_VISIBLE_DEVICES = '-1';
  // By default TensorFlow takes all of a GPU's memory, and multiplies float32 with ten bits of mantissa where the GPU can.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  require('@tensorflow/tfjs-node');
  await tf.setBackend('tensorflow');
  await tf.ready();
  const backend = tf.backend() as unknown as NativeBackend;
  useKernels(nativeKernels(new NativeOps(backend)));
  return {
    name: backend.isUsingGpuDevice ? 'gpu' : 'native',
    library: `TensorFlow (tfjs-node)${backend.isUsingGpuDevice ? ' on the GPU' : ''}`,
    version: backend.binding.TF_Version,
    threads: os.availableParallelism(),
  };
}
