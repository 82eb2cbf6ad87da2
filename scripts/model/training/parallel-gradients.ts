import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GradientReply, type GradientRequest, readVector, writeVector } from './gradient-messages.ts';
import { addInto, type GradientSettings, summedGradient } from './summed-gradient.ts';
import type { WindowBatch } from './window-stream.ts';

/** Data parallelism over processes: TensorFlow's own threads leave most of a second core idle at these sizes. The batch
 *  is cut into equal shares of windows, one for this process and one for each helper; sums are taken in a fixed order,
 *  so a run with the same number of helpers repeats bit for bit. */
export class ParallelGradients {
  readonly #settings: GradientSettings;
  readonly #directory: string;
  readonly #helpers: ChildProcess[];

  constructor(nHelpers: number, settings: GradientSettings) {
    this.#settings = settings;
    this.#directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'featurescope-gradients-'));
    const program = fileURLToPath(new URL('./gradient-helper.ts', import.meta.url));
    this.#helpers = Array.from({ length: nHelpers }, () =>
      fork(program, { env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1' } }),
    );
  }

  async compute(parameters: Float32Array, batch: WindowBatch): Promise<{ loss: number; gradient: Float32Array }> {
    const { contextLength } = this.#settings.shape;
    const nWindows = batch.inputs.length / contextLength;
    const nShares = this.#helpers.length + 1;
    const boundary = (share: number) => Math.floor((share * nWindows) / nShares) * contextLength;
    const parametersPath = join(this.#directory, 'parameters');
    if (this.#helpers.length > 0) writeVector(parametersPath, parameters);
    const pending = this.#helpers.map((helper, index) => {
      const gradientPath = join(this.#directory, `gradient-${index}`);
      const [from, to] = [boundary(index + 1), boundary(index + 2)];
      const reply = ask(helper, {
        parametersPath,
        gradientPath,
        nParameters: parameters.length,
        inputs: [...batch.inputs.subarray(from, to)],
        targets: [...batch.targets.subarray(from, to)],
        microBatch: this.#settings.microBatch,
      });
      return { reply, gradientPath };
    });
    const own = { inputs: batch.inputs.slice(0, boundary(1)), targets: batch.targets.slice(0, boundary(1)) };
    // Lets the requests leave before this thread is busy.
    await new Promise((resolve) => setImmediate(resolve));
    const total = summedGradient(parameters, own, this.#settings);
    for (const { reply, gradientPath } of pending) {
      total.loss += (await reply).loss;
      addInto(total.gradient, 0, readVector(gradientPath, parameters.length));
    }
    return total;
  }

  close(): void {
    for (const helper of this.#helpers) helper.disconnect();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function ask(helper: ChildProcess, request: GradientRequest): Promise<GradientReply> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A gradient helper ended with code ${code}`));
    helper.once('exit', onExit);
    helper.once('message', (reply) => {
      helper.off('exit', onExit);
      resolve(reply as GradientReply);
    });
    helper.send(request);
  });
}
