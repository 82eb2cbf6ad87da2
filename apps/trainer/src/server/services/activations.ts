import type { ActivationList } from '@featurescope/contracts';
import { type Db, deleteActivationSet, healShards, listActivationSets, recordActivationSet } from '@featurescope/db';
import { StorageUnavailableError } from '@featurescope/store';
import type { ActivationStorage } from '../../activations/activation-storage.ts';
import { AppError, notFound } from '../../app-error.ts';
import type { Log } from '../../log.ts';

export interface ActivationServiceOptions {
  db: Db;
  log: Log;
  storage: ActivationStorage;
}

/** The sets of stored activations. */
export class ActivationService {
  private readonly options: ActivationServiceOptions;

  constructor(options: ActivationServiceOptions) {
    this.options = options;
  }

  async list(): Promise<ActivationList> {
    const { db, storage } = this.options;
    const rows = (await listActivationSets(db)).filter(({ nStoredShards, isInUse }) => nStoredShards > 0 || isInUse);
    const sets = rows.map(({ nRows, lastUsedAt, ...set }) => ({
      ...set,
      nTokens: nRows,
      lastUsedAt: lastUsedAt.toISOString(),
    }));
    const sizeBytes = sets.reduce((sum, set) => sum + set.sizeBytes, 0);
    return { sets, sizeBytes, quotaBytes: storage.quotaBytes(sizeBytes), place: storage.shards.storage.place };
  }

  async delete(id: string): Promise<void> {
    const { db, storage } = this.options;
    const result = await deleteActivationSet(db, id);
    if (result === null) throw notFound('set of activations', id);
    if (result === 'in_use')
      throw new AppError('conflict', 'A running run reads these activations. Wait for it to end, or cancel it.');
    try {
      await storage.shards.removeSet(id.toLowerCase());
    } catch (cause) {
      if (!(cause instanceof StorageUnavailableError)) throw cause;
      await this.heal();
      throw new AppError('storage_unavailable', `Not all of it could be deleted. ${cause.message}`, { cause });
    }
  }

  /** Makes the catalogue agree with the files, as after a deletion that was interrupted, or with a database that was lost: shards
   *  without a row get one, rows without a shard go. Sets that a run works on are left alone, and so is a storage that is away. */
  async heal(): Promise<void> {
    const { db, log, storage } = this.options;
    try {
      await storage.shards.storage.removeUnfinished();
      const inventory = await storage.shards.inventory();
      const known = await listActivationSets(db);
      const resting = known.filter(({ isInUse }) => !isInUse).map(({ id }) => id);
      const unknown = [...inventory.keys()].filter((id) => !known.some((set) => set.id === id));
      for (const id of unknown) if (await this.recover(id)) resting.push(id);
      for (const id of resting) await healShards(db, id, inventory.get(id) ?? new Map());
    } catch (err) {
      log.warn({ err }, 'could not look through the stored activations');
    }
  }

  /** Takes in a set that the database does not know. False for files that do not say what they are. */
  private async recover(id: string): Promise<boolean> {
    const { db, storage } = this.options;
    const manifest = await storage.shards.readSet(id);
    if (manifest === null) return false;
    const { identity, width, nShards, modelName, datasetName } = manifest;
    const { weightsHash, tokenizerHash, datasetHash, hookName, contextSize } = identity;
    await recordActivationSet(db, {
      ...{ id, width, nShards, modelName, datasetName },
      weightsHash: String(weightsHash),
      tokenizerHash: String(tokenizerHash),
      datasetHash: String(datasetHash),
      hookName: String(hookName),
      contextSize: Number(contextSize),
    });
    return true;
  }
}
