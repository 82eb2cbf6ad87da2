import { Rng } from '@featurescope/sae';
import { InsufficientDataError, InvalidRequestError } from '../errors.ts';
import type { ActivationChunk } from './activation-chunk.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { ExcludedCounts } from './excluded-rows.ts';
import { type ModelChunkOptions, modelChunks } from './model-chunks.ts';

export interface StreamOptions {
  seed: number;
  /** Rows of a batch. */
  batchSize: number;
}

/** A stream that reads the model as it goes. */
export interface ActivationStreamOptions extends StreamOptions, ModelChunkOptions {}

/** A stream whose chunks come from elsewhere. */
export interface ChunkStreamOptions extends StreamOptions {
  chunks: ChunkSource;
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
  /** Usable rows read. */
  rows: number;
}

/** Endless batches of activations at one hook, shuffled within chunks that are themselves drawn in a seeded order.
 *  Holds one chunk at a time: a training step blocks the thread that would have to drive the next chunk's forward pass, so
 *  harvesting ahead would double the memory and gain nothing. */
export class ActivationStream {
  readonly width: number;
  readonly #options: StreamOptions;
  readonly #chunks: ChunkSource;
  #cursor: StreamCursor;
  #chunk: ActivationChunk | null = null;
  #shuffled: Int32Array = new Int32Array(0);

  /** Throws InsufficientDataError without contexts, InvalidRequestError for an unknown hook or a batch below one row. */
  constructor(options: ActivationStreamOptions | ChunkStreamOptions, cursor?: StreamCursor) {
    if (!Number.isInteger(options.batchSize) || options.batchSize < 1) {
      throw new InvalidRequestError(`batchSize is ${options.batchSize}; it must be a positive integer`);
    }
    this.#options = options;
    this.#chunks = 'chunks' in options ? options.chunks : modelChunks(options);
    this.width = this.#chunks.width;
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

  /** The chunk with rows still to give, read when needed. An epoch without a usable row is an error, not an endless loop. */
  async #current(): Promise<ActivationChunk> {
    for (let attempt = 0; attempt <= this.#chunks.chunksPerEpoch; attempt++) {
      this.#chunk ??= await this.#read();
      if (this.#cursor.row < this.#chunk.nRows) return this.#chunk;
      this.#cursor = { ...this.#cursor, chunk: this.#cursor.chunk + 1, row: 0, before: this.counts() };
      this.#chunk = null;
    }
    throw new InsufficientDataError('No usable activations: every token is special or has an outlying norm');
  }

  async #read(): Promise<ActivationChunk> {
    const { chunk, outlierNorm } = this.#cursor;
    const read = await this.#chunks.chunk(chunk, outlierNorm);
    this.#cursor.outlierNorm ??= read.outlierNorm;
    const places = Int32Array.from({ length: read.nRows }, (_, row) => row);
    this.#shuffled = Rng.fromSeed(this.#options.seed, `activation-chunk/${chunk}`).shuffle(places);
    return read;
  }
}
