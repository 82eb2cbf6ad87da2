import type { BackendInfo } from '../backend-info.ts';
import { TensorBackendError } from '../backend-info.ts';
import { startNative } from './native-backend.ts';
import { startWasm } from './wasm-backend.ts';

export interface InitTensorOptions {
  /** Insists on one backend; without it native TensorFlow runs where its binding loads, on the GPU if it is built for one that is
   *  there, else WebAssembly. */
  backend?: 'gpu' | 'native' | 'wasm';
}

let started: Promise<BackendInfo> | undefined;
let startedAs: InitTensorOptions['backend'];

/** Starts the tensor backend of this process; later calls return the one that runs.
 *  Throws TensorBackendError when the backend insisted on cannot run, or another one runs already. */
export async function initTensor({ backend }: InitTensorOptions = {}): Promise<BackendInfo> {
  started ??= start(backend).catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  const info = await started;
  if (backend !== undefined && info.name !== backend) {
    throw new TensorBackendError(
      `This process runs the ${info.name} tensor backend${startedAs ? '' : ' already'}: start another process for ${backend}`,
    );
  }
  return info;
}

const NO_GPU =
  'TensorFlow lists no GPU. FEATURESCOPE_TENSOR=gpu npm run setup fetches a TensorFlow for it, or says why none is used';

async function start(backend: InitTensorOptions['backend']): Promise<BackendInfo> {
  startedAs = backend;
  if (backend === 'wasm') return startWasm('chosen by configuration');
  try {
    const info = await startNative({ mayUseGpu: backend !== 'native' });
    if (backend === 'gpu' && info.name !== 'gpu') throw new TensorBackendError(NO_GPU);
    return info;
  } catch (error) {
    if (error instanceof TensorBackendError) throw error;
    if (backend !== undefined) throw new TensorBackendError('Native TensorFlow does not load', { cause: error });
    return startWasm(`native TensorFlow does not load: ${firstLine(error)}`);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}
