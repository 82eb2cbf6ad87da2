import type { StoredEvent } from '@featurescope/contracts';

/** Events kept in memory for each subject that somebody watches; whoever is further behind reads the database. */
const maxRecent = 512;

/** The newest events of one subject, read once for all its watchers. */
export class SubjectStream {
  /** Newest sequence number that is known here. */
  head: number;
  private recent: StoredEvent[] = [];
  private reading: Promise<void> | null = null;
  private readAgain = false;
  private readonly read: (afterSeq: number, limit: number) => Promise<StoredEvent[]>;
  private readonly onNews: () => void;

  constructor(
    head: number,
    handlers: { read: (afterSeq: number, limit: number) => Promise<StoredEvent[]>; onNews: () => void },
  ) {
    this.head = head;
    this.read = handlers.read;
    this.onNews = handlers.onNews;
  }

  /** Reads what was committed after the head. Calls while it reads are joined into one more read. */
  refresh(): Promise<void> {
    if (this.reading) this.readAgain = true;
    this.reading ??= this.readNews().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readNews(): Promise<void> {
    do {
      this.readAgain = false;
      const events = await this.read(this.head, maxRecent);
      if (events.length === 0) continue;
      this.head = events[events.length - 1].seq;
      this.recent = [...this.recent, ...events].slice(-maxRecent);
      this.onNews();
      if (events.length === maxRecent) this.readAgain = true;
    } while (this.readAgain);
  }

  /** Events after a number, from memory; null when they reach further back than memory does. */
  after(seq: number): StoredEvent[] | null {
    const first = this.recent[0]?.seq ?? this.head + 1;
    return seq + 1 < first ? null : this.recent.filter((event) => event.seq > seq);
  }
}
