import type { InferenceSession } from 'onnxruntime-node';
import type { Description } from './architectures/architecture.ts';
import { blocksGraph } from './blocks-graph.ts';
import { type BlockWeights, blockBytes } from './model-weights.ts';
import { createSession } from './onnx-session.ts';

/** Weights of a session of several blocks: while one is made they are in memory about four times. */
const MAX_SEGMENT_BYTES = 128 * 1024 * 1024;

/** Blocks firstLayer to endLayer − 1 as one session of the runtime. */
export interface Segment {
  firstLayer: number;
  endLayer: number;
  session: InferenceSession;
}

interface OwnSegment extends Segment {
  weightBytes: number;
  nUsers: number;
  isReplaced: boolean;
}

/** Segments that stay usable until they are released. */
export interface HeldSegments {
  segments: readonly Segment[];
  release(): void;
}

export interface BlockStackOptions {
  description: Description;
  readBlock(layer: number): Promise<BlockWeights>;
  /** Blocks before which a segment begins in any case: 0 to the number of blocks. */
  boundaries: readonly number[];
  /** Threads for each operator; absent: one for each core. */
  threads?: number;
  roundsInputs?: boolean;
}

/** The blocks of a model in as few sessions as those allow who look in between: entering the runtime once for several
 *  blocks makes a token's pass a fifth shorter. A segment that a pass has to look into is made anew as two, whose weights
 *  are read again; the results are the same to the bit. */
export class BlockStack {
  readonly #options: BlockStackOptions;
  #segments: OwnSegment[] = [];
  /** Splits come one after another: two passes may want the same. */
  #splitting: Promise<unknown> = Promise.resolve();

  private constructor(options: BlockStackOptions) {
    this.#options = options;
  }

  static async create(options: BlockStackOptions): Promise<BlockStack> {
    const stack = new BlockStack(options);
    stack.#segments = await stack.#build(0, options.description.shape.nLayers, options.boundaries);
    return stack;
  }

  get weightBytes(): number {
    return this.#segments.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }

  /** Segments of exactly the blocks firstLayer to endLayer − 1, one of which begins at each of the boundaries among them. */
  async hold(firstLayer: number, endLayer: number, boundaries: Iterable<number>): Promise<HeldSegments> {
    const wanted = [firstLayer, endLayer, ...boundaries];
    if (wanted.some((layer) => this.#around(layer))) {
      const split = this.#splitting.then(() => this.#splitAt(wanted));
      this.#splitting = split.catch(() => {});
      await split;
    }
    const held = this.#segments.filter((segment) => segment.firstLayer >= firstLayer && segment.endLayer <= endLayer);
    for (const segment of held) segment.nUsers++;
    const release = () => {
      for (const segment of held) {
        segment.nUsers--;
        if (segment.isReplaced && segment.nUsers === 0) void segment.session.release();
      }
    };
    return { segments: held, release };
  }

  /** The segment that has this block inside, not as its first. */
  #around(layer: number) {
    return this.#segments.find(({ firstLayer, endLayer }) => firstLayer < layer && layer < endLayer);
  }

  async #splitAt(layers: readonly number[]): Promise<void> {
    for (const layer of layers) {
      const segment = this.#around(layer);
      if (!segment) continue;
      const { firstLayer, endLayer } = segment;
      const parts = await this.#build(firstLayer, endLayer, layers);
      this.#segments.splice(this.#segments.indexOf(segment), 1, ...parts);
      segment.isReplaced = true;
      if (segment.nUsers === 0) await segment.session.release();
    }
  }

  async #build(firstLayer: number, endLayer: number, boundaries: readonly number[]) {
    const { description, readBlock, threads, roundsInputs } = this.#options;
    const segments: OwnSegment[] = [];
    let blocks: { layer: number; weights: BlockWeights }[] = [];
    let nBytes = 0;
    const finish = async () => {
      const session = await createSession(blocksGraph(description, blocks, { roundsInputs }), threads);
      const { layer } = blocks[0];
      const unused = { nUsers: 0, isReplaced: false };
      segments.push({ firstLayer: layer, endLayer: layer + blocks.length, session, weightBytes: nBytes, ...unused });
      blocks = [];
      nBytes = 0;
    };
    for (let layer = firstLayer; layer < endLayer; layer++) {
      const weights = await readBlock(layer);
      const size = blockBytes(weights);
      if (blocks.length > 0 && (boundaries.includes(layer) || nBytes + size > MAX_SEGMENT_BYTES)) await finish();
      blocks.push({ layer, weights });
      nBytes += size;
    }
    if (blocks.length > 0) await finish();
    return segments;
  }

  /** Passes in flight must have ended. */
  async dispose(): Promise<void> {
    await this.#splitting;
    for (const { session } of this.#segments) await session.release();
  }
}
