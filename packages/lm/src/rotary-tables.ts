import type { Tensor } from 'onnxruntime-node';
import { float32Tensor } from './onnx-session.ts';
import { type RopeConfig, rotaryTables } from './rope.ts';

/** The rotary tables that a block is fed; none where the architecture has no rotary positions. */
export type RotaryFeeds = Partial<Record<'cos' | 'sin', Tensor>>;

/** Rotary tables that grow with the longest text seen: a context of 131,072 positions would take hundreds of megabytes
 *  that few texts need. Blocks that are given the same settings, the very object, share their tables. */
export class RotaryTables {
  readonly #size: { headDim: number; contextSize: number };
  readonly #settings: ((layer: number) => RopeConfig) | undefined;
  readonly #tables = new Map<RopeConfig, { nPositions: number; feeds: RotaryFeeds }>();

  constructor(size: { headDim: number; contextSize: number }, settings?: (layer: number) => RopeConfig) {
    this.#size = size;
    this.#settings = settings;
  }

  /** Tables of at least nPositions positions. */
  of(layer: number, nPositions: number): RotaryFeeds {
    if (!this.#settings) return {};
    const settings = this.#settings(layer);
    const known = this.#tables.get(settings);
    if (known && known.nPositions >= nPositions) return known.feeds;
    const grown = Math.min(Math.max(2 * (known?.nPositions ?? 0), nPositions, MIN_POSITIONS), this.#size.contextSize);
    const { headDim } = this.#size;
    const { cos, sin } = rotaryTables(settings, headDim, grown);
    const shape = [grown, headDim / 2];
    const feeds = { cos: float32Tensor(cos, shape), sin: float32Tensor(sin, shape) };
    this.#tables.set(settings, { nPositions: grown, feeds });
    return feeds;
  }
}

const MIN_POSITIONS = 2048;
