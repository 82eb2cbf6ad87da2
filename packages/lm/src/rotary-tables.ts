import type { Tensor } from 'onnxruntime-node';
import type { Attention } from './architectures/architecture.ts';
import { float32Tensor } from './onnx-session.ts';
import { type RopeConfig, rotaryTables } from './rope.ts';

/** What the tables of cosines and sines that a block is fed are called in its graph: blocks with the same settings share
 *  theirs. Null where the architecture has no rotary positions. */
export function rotaryInputs({ rope }: Pick<Attention, 'rope'>, layer: number): [cos: string, sin: string] | null {
  if (!rope) return null;
  let first = 0;
  while (rope(first) !== rope(layer)) first++;
  return [`cos_${first}`, `sin_${first}`];
}

/** Rotary tables that grow with the longest text seen: a context of 131,072 positions would take hundreds of megabytes
 *  that few texts need. Blocks that are given the same settings, the very object, share their tables. */
export class RotaryTables {
  readonly #size: { headDim: number; contextSize: number };
  readonly #rope: Attention['rope'];
  readonly #tables = new Map<RopeConfig, { nPositions: number; feeds: Record<string, Tensor> }>();

  constructor(size: { headDim: number; contextSize: number }, rope?: Attention['rope']) {
    this.#size = size;
    this.#rope = rope;
  }

  /** What a block's rotaryInputs are to be fed: tables of at least nPositions positions. */
  of(layer: number, nPositions: number): Record<string, Tensor> {
    const names = rotaryInputs({ rope: this.#rope }, layer);
    if (!this.#rope || !names) return {};
    const settings = this.#rope(layer);
    const known = this.#tables.get(settings);
    if (known && known.nPositions >= nPositions) return known.feeds;
    const grown = Math.min(Math.max(2 * (known?.nPositions ?? 0), nPositions, MIN_POSITIONS), this.#size.contextSize);
    const { headDim } = this.#size;
    const { cos, sin } = rotaryTables(settings, headDim, grown);
    const shape = [grown, headDim / 2];
    const feeds = { [names[0]]: float32Tensor(cos, shape), [names[1]]: float32Tensor(sin, shape) };
    this.#tables.set(settings, { nPositions: grown, feeds });
    return feeds;
  }
}

const MIN_POSITIONS = 2048;
