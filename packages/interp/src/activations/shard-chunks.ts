import type { ActivationChunk } from './activation-chunk.ts';
import type { ChunkSource } from './chunk-source.ts';
import { ContextOrder } from './context-order.ts';
import { SHARDS_PER_CHUNK, type ShardLayout } from './shard-layout.ts';
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
  /** Reads a shard, whose rows must be a function of its number. isRepeat: the run has been through all its shards before. */
  read(shard: number, place: { chunk: number; isRepeat: boolean }): Promise<ActivationShard>;
}

/** Chunks of several shards each, drawn in a seeded order: the stream shuffles the rows of a chunk, so rows are mixed across
 *  shards. Every epoch is a permutation of its own. */
export function shardChunks({ layout, width, seed, nShards, read }: ShardChunkOptions): ChunkSource {
  const perChunk = Math.min(SHARDS_PER_CHUNK, nShards);
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
      for (const [j, shard] of shards.entries()) {
        const isRepeat = index * perChunk + j >= nShards;
        append(chunk, await read(shard, { chunk: index, isRepeat }), width);
      }
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
