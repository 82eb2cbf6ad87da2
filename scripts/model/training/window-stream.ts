import { SeededRandom } from '../seeded-random.ts';
import { endOfTextId } from '../tokenizer/hugging-face-files.ts';

export interface WindowBatch {
  /** [nWindows · length], each window led by `<|endoftext|>`. */
  readonly inputs: Int32Array;
  /** [nWindows · length], the token that follows each input. */
  readonly targets: Int32Array;
}

/** Cuts a token stream into windows and hands them out in a seeded order, another one each epoch. Every token of the
 *  stream is a target once an epoch; a window's first target is predicted from `<|endoftext|>` alone, as the runtime
 *  prepends it. The whole state is `position`. */
export class WindowStream {
  /** Windows handed out so far. */
  position: number;
  readonly windowsPerEpoch: number;
  readonly #tokens: Uint16Array;
  readonly #length: number;
  readonly #seed: number;
  #order: Uint32Array;
  #orderEpoch = -1;

  constructor(tokens: Uint16Array, options: { length: number; seed: number; position?: number }) {
    this.#tokens = tokens;
    this.#length = options.length;
    this.#seed = options.seed;
    this.position = options.position ?? 0;
    this.windowsPerEpoch = Math.floor(tokens.length / options.length);
    this.#order = new Uint32Array(this.windowsPerEpoch);
  }

  next(nWindows: number): WindowBatch {
    const inputs = new Int32Array(nWindows * this.#length);
    const targets = new Int32Array(nWindows * this.#length);
    for (let window = 0; window < nWindows; window++, this.position++) {
      const start = this.#windowAt(this.position) * this.#length;
      const tokens = this.#tokens.subarray(start, start + this.#length);
      targets.set(tokens, window * this.#length);
      inputs.set(tokens.subarray(0, -1), window * this.#length + 1);
      inputs[window * this.#length] = endOfTextId;
    }
    return { inputs, targets };
  }

  #windowAt(position: number): number {
    const epoch = Math.floor(position / this.windowsPerEpoch);
    if (epoch !== this.#orderEpoch) {
      const order = Array.from({ length: this.windowsPerEpoch }, (_, index) => index);
      new SeededRandom(this.#seed + epoch).shuffle(order);
      this.#order = Uint32Array.from(order);
      this.#orderEpoch = epoch;
    }
    return this.#order[position % this.windowsPerEpoch] as number;
  }
}
