/** Something kept in memory, and what it takes. */
export interface ResidentItem<T> {
  value: T;
  sizeBytes: number;
  dispose: () => void | Promise<void>;
}

interface Entry<T> {
  item: Promise<ResidentItem<T>>;
  users: number;
  sizeBytes: number;
}

/** Keeps what was loaded, up to a number of bytes, and lets go of what was used longest ago. What is in use stays, even
 *  beyond the limit. */
export class Resident<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Runs `work` with the value of `key`, which is loaded when it is not there. Two users of one key share one loading. */
  async use<R>(key: string, load: () => Promise<ResidentItem<T>>, work: (value: T) => Promise<R>): Promise<R> {
    const entry = this.entries.get(key) ?? { item: load(), users: 0, sizeBytes: 0 };
    // Moved to the end: a Map keeps the order of insertion.
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    try {
      const { value, sizeBytes } = await entry.item;
      entry.sizeBytes = sizeBytes;
      return await work(value);
    } catch (error) {
      // One that could not be loaded is tried again by the next user.
      if (entry.sizeBytes === 0) this.entries.delete(key);
      throw error;
    } finally {
      entry.users--;
      await this.evict();
    }
  }

  async dispose(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    for (const { item } of entries) await item.then(({ dispose }) => dispose()).catch(() => {});
  }

  private async evict(): Promise<void> {
    let total = [...this.entries.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const [key, entry] of this.entries) {
      if (total <= this.maxBytes) return;
      if (entry.users > 0 || entry.sizeBytes === 0) continue;
      this.entries.delete(key);
      total -= entry.sizeBytes;
      await (await entry.item).dispose();
    }
  }
}
