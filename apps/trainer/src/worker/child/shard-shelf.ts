import { forgetShard, type NewActivationSet, reserveShard } from '@featurescope/db';
import type { ActivationShard, ShardLayout } from '@featurescope/interp';
import { decodeShard, encodeShard, type ShardContent, StorageUnavailableError } from '@featurescope/store';
import { type ActivationReaders, tellAll } from './activation-readers.ts';

/** What became of a shard that was asked for. notKept: made, but there was no room, or nowhere to put it. */
export type ShardOrigin = 'reused' | 'harvested' | 'harvestedAgain' | 'notKept';

export interface ShelfOptions {
  readers: ActivationReaders;
  set: NewActivationSet;
  layout: ShardLayout;
  /** Runs the model. outlierNorm null: it is measured on these rows. */
  harvest(contexts: Int32Array, outlierNorm: number | null): Promise<ShardContent>;
}

/** A set's shards, read where they are stored and harvested where they are not. Either way the rows are those that float16 keeps,
 *  so that a run's steps do not depend on what was stored. Nothing that happens to the storage ends a run. */
export class ShardShelf {
  readonly #options: ShelfOptions;
  /** Harvested by this shelf: found again, they are still its own work. */
  readonly #own = new Map<number, ShardOrigin>();
  /** undefined: not looked up yet. */
  #outlierNorm: number | undefined;
  #isAway = false;
  #isFull = false;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** Throws why the stage is to end, before it reads; otherwise only what running the model throws. */
  async read(shard: number): Promise<{ content: ActivationShard; origin: ShardOrigin }> {
    this.#options.readers.signal.throwIfAborted();
    await this.#findOutlierNorm(shard);
    const found = await this.#find(shard);
    if (found !== null && found !== 'damaged') {
      this.#outlierNorm ??= found.outlierNorm;
      return { content: found, origin: this.#own.get(shard) ?? 'reused' };
    }
    return this.#harvest(shard, found === 'damaged');
  }

  /** The limit of the whole set, of its manifest. Where there is none, the first shard is read for it, or its harvest measures it. */
  async #findOutlierNorm(shard: number): Promise<void> {
    if (this.#outlierNorm !== undefined) return;
    const { readers, set } = this.#options;
    const manifest = await this.#attempt(() => readers.activations.shards.readSet(set.id));
    if (manifest) this.#outlierNorm = manifest.outlierNorm ?? Number.POSITIVE_INFINITY;
    else if (shard !== 0) await this.read(0);
  }

  async #find(shard: number): Promise<ShardContent | 'damaged' | null> {
    const { readers, set } = this.#options;
    const reading = await this.#attempt(() => readers.activations.shards.read(set.id, shard));
    if (!reading || reading.status === 'missing') return null;
    const why = reading.status === 'damaged' ? reading.why : this.#mismatch(shard, reading.content);
    if (why === null && reading.status === 'whole') return reading.content;
    tellAll(readers, 'warning', `Shard ${shard} of the stored activations is damaged and is harvested again. ${why}`);
    return 'damaged';
  }

  /** Why a whole shard is not the one that belongs here; null when it is. */
  #mismatch(shard: number, content: ShardContent): string | null {
    const { set, layout } = this.#options;
    if (content.width !== set.width) return `Its rows have ${content.width} values; the hook has ${set.width}`;
    const expected = layout.contexts(shard).toSorted();
    const stored = Int32Array.from(content.contexts, ({ contextIndex }) => contextIndex).sort();
    if (expected.join() !== stored.join()) return 'It was made of other contexts';
    const limit = this.#outlierNorm;
    return limit === undefined || limit === content.outlierNorm ? null : 'Its rows were chosen by another limit';
  }

  async #harvest(shard: number, again: boolean): Promise<{ content: ActivationShard; origin: ShardOrigin }> {
    const { readers, harvest, layout } = this.#options;
    const harvested = await harvest(layout.contexts(shard), this.#outlierNorm ?? null);
    this.#outlierNorm ??= harvested.outlierNorm;
    let bytes: Uint8Array;
    try {
      bytes = encodeShard(harvested);
    } catch (error) {
      // The trainer will say what it thinks of such rows.
      tellAll(readers, 'warning', `Shard ${shard} cannot be stored: ${(error as Error).message}`);
      return { content: harvested, origin: 'notKept' };
    }
    const isKept = await this.#keep(shard, { bytes, nRows: harvested.nRows });
    const origin = !isKept ? 'notKept' : again ? 'harvestedAgain' : 'harvested';
    this.#own.set(shard, origin);
    return { content: decodeShard(bytes), origin };
  }

  async #keep(shard: number, { bytes, nRows }: { bytes: Uint8Array; nRows: number }): Promise<boolean> {
    if (this.#isAway) return false;
    const { readers, set } = this.#options;
    const { shards, quotaBytes } = readers.activations;
    const key = { setId: set.id, index: shard };
    const evicted = await reserveShard(readers.db, { ...key, sizeBytes: bytes.byteLength, nRows, quotaBytes });
    if (evicted === null) {
      if (!this.#isFull)
        tellAll(
          readers,
          'warning',
          'The quota for stored activations is reached: the run goes on without keeping more',
        );
      this.#isFull = true;
      return false;
    }
    if (evicted.length > 0)
      tellAll(readers, 'info', `Evicted ${evicted.length} stored shards that were not used for longest`);
    const isWritten = await this.#attempt(async () => {
      for (const { setId, index } of evicted) await shards.remove(setId, index);
      await shards.write(set.id, shard, { bytes, nRows });
      if (shard === 0 || (await shards.readSet(set.id)) === null) await this.#writeManifest();
      return true;
    });
    if (!isWritten) await forgetShard(readers.db, key);
    return isWritten ?? false;
  }

  async #writeManifest(): Promise<void> {
    const { readers, set } = this.#options;
    const { id, width, nShards, modelName, datasetName, ...identity } = set;
    const outlierNorm = Number.isFinite(this.#outlierNorm) ? (this.#outlierNorm as number) : null;
    await readers.activations.shards.writeSet(id, { identity, width, nShards, modelName, datasetName, outlierNorm });
  }

  /** Null once the storage was found to be away: the run does not wait for it twice. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#isAway) return null;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
      this.#isAway = true;
      const { readers } = this.#options;
      readers.log.warn({ err: error }, 'the storage of activations is away');
      tellAll(readers, 'warning', `Activations cannot be stored or read; the run goes on without. ${error.message}`);
      return null;
    }
  }
}
