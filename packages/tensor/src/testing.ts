import type { BackendInfo } from './backend-info.ts';
import { initTensor } from './node/init-tensor.ts';

/** The backend that numerics tests run on: FEATURESCOPE_TENSOR where set, else native TensorFlow where it loads. */
export function startTestBackend(): Promise<BackendInfo> {
  const chosen = process.env.FEATURESCOPE_TENSOR;
  if (!chosen) return initTensor();
  const backend = (['native', 'wasm', 'gpu'] as const).find((name) => name === chosen);
  if (!backend) throw new Error(`FEATURESCOPE_TENSOR must be native, wasm or gpu, but is ${chosen}`);
  return initTensor({ backend });
}
