import type { ActivationChunk } from './activation-chunk.ts';
import { shardsPerChunk } from './chunk-size.ts';
import type { ChunkSource } from './chunk-source.ts';
import { ContextOrder } from './context-order.ts';
import type { ShardLayout } from './shard-layout.ts';
import type { UsableRows } from './usable-rows.ts';

/** The rows of a shard's contexts, with the limit above which rows were left out. */
export interface ActivationShard extends UsableRows {
  outlierNorm: number;
}

export interface ShardChunkOptions {
  layout: ShardLayout;
  width: number;
  /** The run's: another seed, another order of shards and rows. */
  seed: number;
  /** How many shards, from the first, the run uses. */
  nShards: number;
  /** Reads a shard, whose rows must be a function of its number. */
  read(shard: number): Promise<ActivationShard>;
  /** Told of every chunk that was read, with those of its shards that no chunk before it has. */
  onChunk?(chunk: number, newShards: number[]): void;
}

/** Chunks of several shards each, drawn in a seeded order: the stream shuffles the rows of a chunk, so rows are mixed across
 *  shards. Every epoch is a permutation of its own. */
export function shardChunks({ layout, width, seed, nShards, read, onChunk }: ShardChunkOptions): ChunkSource {
  const perChunk = Math.min(shardsPerChunk, nShards);
  const order = new ContextOrder(
    Int32Array.from({ length: nShards }, (_, shard) => shard),
    seed,
  );
  return {
    width,
    chunksPerEpoch: Math.ceil(nShards / perChunk),
    async chunk(index) {
      const shards = order.slice(index * perChunk, perChunk);
      const room = shards.reduce((sum, shard) => sum + layout.maxRows(shard), 0);
      const chunk: ActivationChunk = {
        rows: new Float32Array(room * width),
        nRows: 0,
        excluded: { special: 0, outlierNorm: 0 },
        outlierNorm: Number.POSITIVE_INFINITY,
      };
      // One after another: a chunk and a shard are in memory, not two chunks.
      for (const shard of shards) append(chunk, await read(shard), width);
      onChunk?.(index, [...shards.subarray(0, Math.max(0, nShards - index * perChunk))]);
      return chunk;
    },
  };
}

function append(chunk: ActivationChunk, shard: ActivationShard, width: number): void {
  chunk.rows.set(shard.rows.subarray(0, shard.nRows * width), chunk.nRows * width);
  chunk.nRows += shard.nRows;
  chunk.excluded.special += shard.excluded.special;
  chunk.excluded.outlierNorm += shard.excluded.outlierNorm;
  chunk.outlierNorm = shard.outlierNorm;
}
