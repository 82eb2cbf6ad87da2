import { InsufficientDataError, InvalidRequestError } from '../errors.ts';
import { harvestChunk } from './activation-chunk.ts';
import { chunkRows } from './chunk-size.ts';
import { type ChunkSource, contextsFor, sampleLengths } from './chunk-source.ts';
import { ContextOrder } from './context-order.ts';
import { hookWidth, type ModelRowsOptions } from './model-rows.ts';

export interface ModelChunkOptions extends ModelRowsOptions {
  /** The contexts to draw from: those of the training split. */
  contextIndices: Int32Array;
  seed: number;
  /** Contexts of a chunk; by default as many as fill it. Part of the stream's identity: another size, another order. */
  chunkContexts?: number;
}

/** Chunks made by running the model, over contexts in a seeded order.
 *  Throws InsufficientDataError without contexts, InvalidRequestError for an unknown hook. */
export function modelChunks(options: ModelChunkOptions): ChunkSource {
  const { model, hookName, source, contextIndices, seed } = options;
  const width = hookWidth(model, hookName);
  if (width === null) throw new InvalidRequestError(`The model has no hook "${hookName}"`, { hookName });
  if (contextIndices.length === 0) throw new InsufficientDataError('No contexts to take activations from');
  const size = options.chunkContexts ?? contextsFor(chunkRows(width), sampleLengths(source, contextIndices));
  const order = new ContextOrder(contextIndices, seed);
  return {
    width,
    chunksPerEpoch: Math.ceil(contextIndices.length / size),
    chunk: (index, outlierNorm) => harvestChunk(options, order.slice(index * size, size), outlierNorm),
  };
}
