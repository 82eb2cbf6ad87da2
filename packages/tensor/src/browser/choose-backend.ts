import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { wasmBinaries } from './wasm-binaries.ts';

export type BrowserBackendName = 'webgl' | 'wasm' | 'cpu';

export interface Timing {
  name: BrowserBackendName;
  /** Median of a few runs; null where the backend did not run. */
  milliseconds: number | null;
  /** Why it did not run. */
  reason?: string;
}

export interface BrowserBackend {
  name: BrowserBackendName;
  timings: Timing[];
}

const N_WARM_UPS = 2;
const N_RUNS = 7;

/** Starts a backend that was measured before; false where it does not start. */
export async function startBackend(name: BrowserBackendName): Promise<boolean> {
  setWasmPaths(wasmBinaries);
  return tf.setBackend(name);
}

/** Runs the work on every backend that starts here and stays with the fastest. Tiny matrices are the point: a graphics card answers a
 *  product of a few thousand numbers later than plain loops do. work: one step, synchronous; it must leave no tensors behind. */
export async function chooseBackend(work: () => void): Promise<BrowserBackend> {
  setWasmPaths(wasmBinaries);
  const timings: Timing[] = [];
  for (const name of ['cpu', 'wasm', 'webgl'] as const) timings.push(await measure(name, work));
  const [fastest] = timings
    .filter((timing) => timing.milliseconds !== null)
    .sort((a, b) => (a.milliseconds ?? 0) - (b.milliseconds ?? 0));
  if (!fastest)
    throw new Error(`No backend of TensorFlow.js starts here: ${timings.map(({ reason }) => reason).join('; ')}`);
  await tf.setBackend(fastest.name);
  return { name: fastest.name, timings };
}

async function measure(name: BrowserBackendName, work: () => void): Promise<Timing> {
  try {
    if (name === 'webgl' && isDrawnBySoftware()) return { name, milliseconds: null, reason: 'no graphics card' };
    if (!(await tf.setBackend(name))) return { name, milliseconds: null, reason: `${name} does not start` };
    await tf.ready();
    for (let run = 0; run < N_WARM_UPS; run++) work();
    const taken: number[] = [];
    for (let run = 0; run < N_RUNS; run++) {
      const start = performance.now();
      work();
      taken.push(performance.now() - start);
    }
    return { name, milliseconds: taken.sort((a, b) => a - b)[N_RUNS >> 1] };
  } catch (error) {
    return { name, milliseconds: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether WebGL is missing or emulated on the processor, where it can only lose, and compiles its shaders for seconds first. */
function isDrawnBySoftware(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return true;
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return true;
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|microsoft basic/i.test(renderer);
}
