import type { LanguageModel } from '@featurescope/lm';
import { Rng } from '@featurescope/sae';
import { InsufficientDataError, InvalidRequestError } from '../errors.ts';
import type { ContextSource } from '../types.ts';
import { type ActivationChunk, harvestChunk } from './activation-chunk.ts';
import { ContextOrder } from './context-order.ts';
import type { ExcludedCounts } from './excluded-rows.ts';
import { hookWidth } from './model-rows.ts';

export interface ActivationStreamOptions {
  model: Pick<LanguageModel, 'run' | 'config'>;
  hookName: string;
  source: ContextSource;
  /** The contexts to draw from: those of the training split. */
  contextIndices: Int32Array;
  seed: number;
  /** Rows of a batch. */
  batchSize: number;
  /** Contexts of a chunk; by default as many as `defaultChunkContexts` says. Part of the stream's identity: another size, another order. */
  chunkContexts?: number;
  tokensPerForward?: number;
  signal?: AbortSignal;
}

/** Where a stream stands. Plain JSON. A stream opened with it, and with the same options, gives the same next batches, bit for bit. */
export interface StreamCursor {
  chunk: number;
  /** Rows of the chunk already given out. */
  row: number;
  /** Measured on the first chunk; null before that. */
  outlierNorm: number | null;
  /** Totals of the chunks before this one. */
  before: StreamCounts;
}

export interface StreamCounts extends ExcludedCounts {
  /** Usable rows harvested. */
  rows: number;
}

const MAX_CHUNK_BYTES = 256 * 1024 * 1024;
const MAX_CHUNK_ROWS = 65_536;

/** Contexts of a chunk: enough for about 65,536 rows, or fewer where those would pass 256 MiB; never less than one context.
 *  Larger chunks mix better, but the first batch, and the first after a resume, waits for a whole chunk.
 *  The contexts' length is taken from at most 1,024 of them, evenly spaced. */
function defaultChunkContexts(width: number, source: ContextSource, contextIndices: Int32Array): number {
  const stride = Math.max(1, Math.floor(contextIndices.length / 1024));
  let tokens = 0;
  let sampled = 0;
  for (let j = 0; j < contextIndices.length; j += stride) {
    tokens += source.context(contextIndices[j]).tokenIds.length;
    sampled++;
  }
  const rows = Math.min(MAX_CHUNK_ROWS, MAX_CHUNK_BYTES / (4 * width));
  return Math.max(1, Math.floor((rows * sampled) / Math.max(1, tokens)));
}

/** Endless batches of activations at one hook, shuffled within chunks of contexts that are themselves drawn in a seeded order.
 *  Holds one chunk at a time: a training step blocks the thread that would have to drive the next chunk's forward pass, so
 *  harvesting ahead would double the memory and gain nothing. */
export class ActivationStream {
  readonly width: number;
  readonly #options: ActivationStreamOptions;
  readonly #chunkContexts: number;
  readonly #order: ContextOrder;
  #cursor: StreamCursor;
  #chunk: ActivationChunk | null = null;
  #shuffled: Int32Array = new Int32Array(0);

  /** Throws InsufficientDataError without contexts, InvalidRequestError for an unknown hook or a batch below one row. */
  constructor(options: ActivationStreamOptions, cursor?: StreamCursor) {
    const width = hookWidth(options.model, options.hookName);
    if (width === null)
      throw new InvalidRequestError(`The model has no hook "${options.hookName}"`, { hookName: options.hookName });
    if (options.contextIndices.length === 0) throw new InsufficientDataError('No contexts to take activations from');
    if (!Number.isInteger(options.batchSize) || options.batchSize < 1) {
      throw new InvalidRequestError(`batchSize is ${options.batchSize}; it must be a positive integer`);
    }
    this.width = width;
    this.#options = options;
    this.#chunkContexts = options.chunkContexts ?? defaultChunkContexts(width, options.source, options.contextIndices);
    this.#order = new ContextOrder(options.contextIndices, options.seed);
    this.#cursor = cursor
      ? structuredClone(cursor)
      : { chunk: 0, row: 0, outlierNorm: null, before: { rows: 0, special: 0, outlierNorm: 0 } };
  }

  /** The next [batchSize, width] rows, float32, as the model gives them. Crosses from chunk to chunk.
   *  When it throws (aborted, model failed), the stream stands where it stood before the call. */
  async nextBatch(): Promise<Float32Array> {
    const before = this.cursor();
    try {
      return await this.#collect(this.#options.batchSize);
    } catch (error) {
      this.#cursor = before;
      this.#chunk = null;
      throw error;
    }
  }

  /** The first `count` rows from where the stream stands, without moving it; at most what the current chunk still holds. */
  async peek(count: number): Promise<Float32Array> {
    const chunk = await this.#current();
    const available = Math.min(count, chunk.nRows - this.#cursor.row);
    const rows = new Float32Array(available * this.width);
    this.#copy(chunk, this.#cursor.row, available, rows, 0);
    return rows;
  }

  cursor(): StreamCursor {
    return structuredClone(this.#cursor);
  }

  /** Totals up to and including the current chunk. */
  counts(): StreamCounts {
    const { before } = this.#cursor;
    const chunk = this.#chunk;
    return {
      rows: before.rows + (chunk?.nRows ?? 0),
      special: before.special + (chunk?.excluded.special ?? 0),
      outlierNorm: before.outlierNorm + (chunk?.excluded.outlierNorm ?? 0),
    };
  }

  async #collect(count: number): Promise<Float32Array> {
    const rows = new Float32Array(count * this.width);
    let filled = 0;
    while (filled < count) {
      const chunk = await this.#current();
      const taken = Math.min(count - filled, chunk.nRows - this.#cursor.row);
      this.#copy(chunk, this.#cursor.row, taken, rows, filled);
      this.#cursor.row += taken;
      filled += taken;
    }
    return rows;
  }

  #copy(chunk: ActivationChunk, start: number, count: number, target: Float32Array, targetRow: number): void {
    for (let j = 0; j < count; j++) {
      const from = this.#shuffled[start + j] * this.width;
      target.set(chunk.rows.subarray(from, from + this.width), (targetRow + j) * this.width);
    }
  }

  /** The chunk with rows still to give, harvested when needed. An epoch without a usable row is an error, not an endless loop. */
  async #current(): Promise<ActivationChunk> {
    const chunksPerEpoch = Math.ceil(this.#options.contextIndices.length / this.#chunkContexts);
    for (let attempt = 0; attempt <= chunksPerEpoch; attempt++) {
      this.#chunk ??= await this.#harvest();
      if (this.#cursor.row < this.#chunk.nRows) return this.#chunk;
      this.#cursor = { ...this.#cursor, chunk: this.#cursor.chunk + 1, row: 0, before: this.counts() };
      this.#chunk = null;
    }
    throw new InsufficientDataError('No usable activations: every token is special or has an outlying norm');
  }

  async #harvest(): Promise<ActivationChunk> {
    const { chunk, outlierNorm } = this.#cursor;
    const contexts = this.#order.slice(chunk * this.#chunkContexts, this.#chunkContexts);
    const harvested = await harvestChunk(this.#options, contexts, outlierNorm);
    this.#cursor.outlierNorm ??= harvested.outlierNorm;
    const places = Int32Array.from({ length: harvested.nRows }, (_, row) => row);
    this.#shuffled = Rng.fromSeed(this.#options.seed, `activation-chunk/${chunk}`).shuffle(places);
    return harvested;
  }
}
