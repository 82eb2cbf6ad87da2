import { createRequire } from 'node:module';
import os from 'node:os';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { BackendInfo } from '../backend-info.ts';
import { useKernels } from '../kernels.ts';
import { nativeKernels } from './native-kernels.ts';
import { type NativeBackend, NativeOps } from './native-ops.ts';

const require = createRequire(import.meta.url);

/** Loads tfjs-node and registers its raw-op kernels. Throws what loading its binding throws. */
export async function startNative(): Promise<BackendInfo> {
  // tfjs-node 4.22 calls it, Node 23 removed it.
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // Read by TensorFlow when its library loads: hides the start-up lines about instruction sets.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  require('@tensorflow/tfjs-node');
  await tf.setBackend('tensorflow');
  await tf.ready();
  const backend = tf.backend() as unknown as NativeBackend;
  useKernels(nativeKernels(new NativeOps(backend)));
  return {
    name: 'native',
    library: 'TensorFlow (tfjs-node)',
    version: backend.binding.TF_Version,
    threads: os.availableParallelism(),
  };
}
