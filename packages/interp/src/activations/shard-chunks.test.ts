import { describe, expect, it } from 'vitest';
import { randomContexts } from '../testing/fixture-model.ts';
import { ActivationStream } from './activation-stream.ts';
import { type ActivationShard, shardChunks } from './shard-chunks.ts';
import { ShardLayout } from './shard-layout.ts';

const source = randomContexts(200, 3);
/** A row so wide that a shard holds few contexts: 2^26 / 2^19 / 4 = 32 tokens. */
const layoutWidth = 1 << 19;
const layout = new ShardLayout(source, source.allIndices, layoutWidth);

/** A shard of width 1 whose values are contextIndex × 100 + position, so that every row says where it is from. */
function shardOf(shard: number): ActivationShard {
  const values: number[] = [];
  const contexts = [...layout.contexts(shard)].map((contextIndex) => {
    const rowStart = values.length;
    const { tokenIds } = source.context(contextIndex);
    for (let position = 1; position < tokenIds.length; position++) values.push(contextIndex * 100 + position);
    return { contextIndex, rowStart, rowEnd: values.length };
  });
  return {
    ...{ rows: Float32Array.from(values), nRows: values.length, width: 1, contexts, outlierNorm: 9 },
    positions: Uint16Array.from(values, (value) => value % 100),
    excluded: { special: contexts.length, outlierNorm: 0 },
  };
}

const streamOf = (seed: number, nShards: number, onChunk?: (chunk: number, newShards: number[]) => void) =>
  new ActivationStream({
    seed,
    batchSize: 64,
    chunks: shardChunks({
      ...{ layout, width: 1, seed, nShards, onChunk },
      read: async (shard) => shardOf(shard),
    }),
  });

describe('ShardLayout', () => {
  it('cuts the contexts into shards: each context in one, none left out, the same again', () => {
    expect(layout.nShards).toBeGreaterThan(20);
    const all = Array.from({ length: layout.nShards }, (_, shard) => [...layout.contexts(shard)]);
    expect(all.flat().sort((a, b) => a - b)).toEqual([...source.allIndices]);
    expect(all[0]).not.toEqual([...source.allIndices.subarray(0, all[0].length)]);
    const again = new ShardLayout(source, source.allIndices, layoutWidth);
    expect([...again.contexts(5)]).toEqual(all[5]);
    expect([...layout.contextsOf(2, 4)]).toEqual([...all[2], ...all[3]]);
  });

  it('knows how many shards hold so many rows', () => {
    expect(layout.shardsFor(1)).toBe(1);
    expect(layout.shardsFor(1e9)).toBe(layout.nShards);
    const n = layout.shardsFor(500);
    const rows = Array.from({ length: n }, (_, shard) => shardOf(shard).nRows).reduce((a, b) => a + b, 0);
    expect(rows).toBeGreaterThan(350);
    expect(rows).toBeLessThan(700);
  });

  it('refuses a corpus without contexts', () => {
    expect(() => new ShardLayout(source, new Int32Array(0), 4)).toThrow(/No contexts/);
  });
});

describe('shardChunks', () => {
  it('gives every row of the first shards once an epoch, mixed across shards, and says which it reads first', async () => {
    const chunks: number[][] = [];
    const stream = streamOf(1, 8, (chunk, newShards) => (chunks[chunk] = newShards));
    const expected = Array.from({ length: 8 }, (_, shard) => [...shardOf(shard).rows]);
    const perEpoch = expected.flat().length;
    const given: number[] = [];
    while (given.length < perEpoch) given.push(...(await stream.nextBatch()));
    expect(given.slice(0, perEpoch).sort((a, b) => a - b)).toEqual(expected.flat().sort((a, b) => a - b));
    const inShard = new Map(expected.flatMap((rows, shard) => rows.map((row) => [row, shard])));
    expect(new Set(given.slice(0, 32).map((row) => inShard.get(row))).size).toBe(4);
    expect(stream.cursor().outlierNorm).toBe(9);
    while (chunks.length < 4) await stream.nextBatch();
    expect(chunks.map((shards) => shards.length)).toEqual([4, 4, 0, 0]);
    expect(chunks.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('has an order of its own for every seed, over the same shards', async () => {
    const shards = async (seed: number) => {
      const reads: number[] = [];
      const stream = streamOf(seed, 8, (_, shards) => reads.push(...shards));
      while (reads.length < 8) await stream.nextBatch();
      return reads.slice(0, 8);
    };
    const [first, second] = [await shards(1), await shards(2)];
    expect(first).not.toEqual(second);
    expect(first.toSorted()).toEqual(second.toSorted());
    expect(first).toEqual(await shards(1));
  });

  it('works with fewer shards than a chunk has room for, and with a part of a chunk at the end', async () => {
    for (const nShards of [1, 3, 6]) {
      const total = Array.from({ length: nShards }, (_, shard) => shardOf(shard).nRows).reduce((a, b) => a + b, 0);
      const seen: number[] = [];
      const stream = streamOf(4, nShards, (_, newShards) => seen.push(...newShards));
      for (let rows = 0; rows < 3 * total; rows += 64) expect((await stream.nextBatch()).length).toBe(64);
      expect(seen.toSorted()).toEqual(Array.from({ length: nShards }, (_, shard) => shard));
    }
  });
});
