/** Without imports: the server sizes sets of shards, and loads no tensor library for it. */

const maxChunkBytes = 256 * 1024 * 1024;
const maxChunkRows = 65_536;
/** Enough to mix, few enough that a shard is worth a file. */
export const shardsPerChunk = 4;

/** Rows of a chunk: 65,536, or fewer where those would pass 256 MiB of float32. Larger chunks mix better, but the first batch,
 *  and the first after a resume, waits for a whole chunk. */
export function chunkRows(width: number): number {
  return Math.min(maxChunkRows, maxChunkBytes / (4 * width));
}

/** Tokens of a shard. */
export const shardTokens = (width: number) => chunkRows(width) / shardsPerChunk;
