import type { LanguageModel } from '@featurescope/lm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_HOOK, loadFixtureModel, randomContexts } from '../testing/fixture-model.ts';
import { ActivationStream, type ActivationStreamOptions } from './activation-stream.ts';

let model: LanguageModel;
let options: ActivationStreamOptions;
const source = randomContexts(30);

beforeAll(async () => {
  model = await loadFixtureModel();
  options = {
    model,
    hookName: FIXTURE_HOOK,
    source,
    contextIndices: source.allIndices,
    seed: 5,
    batchSize: 16,
    chunkContexts: 4,
    tokensPerForward: 60,
  };
});
afterAll(() => model.dispose());

const tokensOf = (indices: Iterable<number>) =>
  Array.from(indices).reduce((sum, index) => sum + source.context(index).tokenIds.length - 1, 0);

/** Rows as strings, to compare them as sets. */
function rowKeys(rows: Float32Array, width: number): string[] {
  return Array.from({ length: rows.length / width }, (_, row) => rows.slice(row * width, (row + 1) * width).join());
}

describe('ActivationStream', () => {
  it('gives the model’s own rows, each once an epoch, without the beginning-of-text token', async () => {
    const perEpoch = tokensOf(source.allIndices);
    const stream = new ActivationStream({ ...options, batchSize: perEpoch, chunkContexts: 30 });
    const given = rowKeys(await stream.nextBatch(), stream.width).sort();
    const expected: string[] = [];
    for (let index = 0; index < source.nContexts; index++) {
      const { tokenIds } = source.context(index);
      const { hooks } = await model.run({ tokenIds, batch: 1, seqLen: tokenIds.length }, { hooks: [FIXTURE_HOOK] });
      expected.push(...rowKeys(hooks[FIXTURE_HOOK], stream.width).slice(1));
    }
    // Batched and single passes may round differently: compared at 1e-4 through the rows' first values.
    const first = (keys: string[]) => keys.map((key) => Number(key.split(',')[0])).sort((a, b) => a - b);
    const [wanted, got] = [first(expected), first(given)];
    expect(got.length).toBe(perEpoch);
    expect(Math.max(...got.map((value, row) => Math.abs(value - wanted[row])))).toBeLessThan(1e-4);
    expect(stream.counts()).toEqual({ rows: perEpoch, special: 30, outlierNorm: 0 });
  });

  it('goes on from any cursor with the same bits', async () => {
    const whole = new ActivationStream(options);
    const batches: Float32Array[] = [];
    const cursors: string[] = [];
    const counts: unknown[] = [];
    for (let j = 0; j < 40; j++) {
      cursors.push(JSON.stringify(whole.cursor()));
      batches.push(await whole.nextBatch());
      counts.push(whole.counts());
    }
    expect(JSON.parse(cursors[39]).chunk).toBeGreaterThan(8);
    for (const start of [0, 1, 7, 22, 39]) {
      const resumed = new ActivationStream(options, JSON.parse(cursors[start]));
      for (let j = start; j < Math.min(start + 4, 40); j++) {
        expect(await resumed.nextBatch()).toEqual(batches[j]);
        expect(resumed.counts()).toEqual(counts[j]);
      }
    }
  });

  it('shuffles: by seed, and another way each epoch', async () => {
    const epoch = Math.floor(tokensOf(source.allIndices) / 16);
    const firstOf = async (seed: number, skip: number) => {
      const stream = new ActivationStream({ ...options, seed });
      for (let j = 0; j < skip; j++) await stream.nextBatch();
      return rowKeys(await stream.nextBatch(), stream.width);
    };
    expect(await firstOf(5, 0)).toEqual(await firstOf(5, 0));
    expect(await firstOf(5, 0)).not.toEqual(await firstOf(6, 0));
    expect(await firstOf(5, 0)).not.toEqual(await firstOf(5, epoch));
  });

  it('peeks without moving', async () => {
    const stream = new ActivationStream(options);
    const peeked = await stream.peek(10);
    expect(peeked.length).toBe(10 * stream.width);
    expect((await stream.nextBatch()).slice(0, peeked.length)).toEqual(peeked);
  });

  it('leaves out rows of outlying norm, by the median of the first chunk, and counts them', async () => {
    // Every row is an outlier against a limit that a cursor brings along.
    const cursor = { chunk: 1, row: 0, outlierNorm: 1e-6, before: { rows: 0, special: 0, outlierNorm: 0 } };
    const stream = new ActivationStream(options, cursor);
    await expect(stream.nextBatch()).rejects.toThrow(/No usable activations/);
    const usual = new ActivationStream(options);
    await usual.nextBatch();
    const norms = rowKeys(await usual.peek(20), usual.width).map((key) => Math.hypot(...key.split(',').map(Number)));
    expect(usual.cursor().outlierNorm).toBeGreaterThan(5 * Math.min(...norms));
    expect(usual.cursor().outlierNorm).toBeLessThan(20 * Math.max(...norms));
  });

  it('stands where it stood when harvesting fails', async () => {
    const aborter = new AbortController();
    const stream = new ActivationStream({ ...options, signal: aborter.signal });
    await stream.nextBatch();
    const before = stream.cursor();
    aborter.abort();
    // 16 rows a batch, at least 28 a chunk: a few batches need the next chunk, which the signal forbids.
    const failing = async () => {
      for (;;) {
        const standing = stream.cursor();
        await stream.nextBatch().catch((error) => {
          expect(stream.cursor()).toEqual(standing);
          throw error;
        });
      }
    };
    await expect(failing()).rejects.toThrow(/abort/i);
    expect(stream.cursor().chunk).toBe(before.chunk);
    const resumed = new ActivationStream(options, stream.cursor());
    expect((await resumed.nextBatch()).length).toBe(16 * resumed.width);
  });

  it('refuses what cannot work', () => {
    expect(() => new ActivationStream({ ...options, contextIndices: new Int32Array(0) })).toThrow(/No contexts/);
    expect(() => new ActivationStream({ ...options, hookName: 'blocks.9.hook_resid_post' })).toThrow(
      /no hook "blocks.9/,
    );
    expect(() => new ActivationStream({ ...options, batchSize: 0 })).toThrow(/batchSize is 0/);
  });
});
